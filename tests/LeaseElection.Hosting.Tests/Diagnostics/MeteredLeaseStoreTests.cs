using System.Diagnostics.Metrics;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Telemetry;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.Tests;

public sealed class MeteredLeaseStoreTests : IAsyncDisposable
{
    private const string Duration = "leader_election.lease.request.duration";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly LeaseRecord Held = new() { HolderIdentity = "me" };

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeasurementRecorder _recorder;
    private readonly ManualTimeProvider _time = new();
    private readonly FakeLeaseServer _server;
    private readonly FakeLeaseStore _inner;
    private readonly MeteredLeaseStore _store;

    public MeteredLeaseStoreTests()
    {
        _recorder = new MeasurementRecorder(_services);
        _server = new FakeLeaseServer(_time);
        _inner = _server.Connect();
        var run = SomeRun.On(_time);
        var instruments = new ElectionInstruments(_services.GetRequiredService<IMeterFactory>());
        _store = new MeteredLeaseStore(_inner, new ElectionMetrics(instruments, new LeaderElection(""), run), _time);
    }

    public async ValueTask DisposeAsync()
    {
        _recorder.Dispose();
        await _store.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Requests_Succeed_AreToldApartByOperationAndHaveNoError()
    {
        Assert.IsType<LeaseReply.Absent>(await _store.ReadAsync(Second, default));
        var created = Assert.IsType<LeaseReply.Found>(await _store.CreateAsync(Held, Second, default));
        var updated = Assert.IsType<LeaseReply.Found>(await _store.ReplaceAsync(created.Lease, Held, Second, default));
        await _store.ReplaceAsync(updated.Lease, new LeaseRecord { HolderIdentity = "" }, Second, default);

        Assert.Equal([("get", null), ("create", null), ("update", null), ("release", null)], Told());
    }

    [Theory]
    [InlineData(FakeFault.Fail, "network")]
    [InlineData(FakeFault.Forbid, "forbidden")]
    [InlineData(FakeFault.LoseReply, "network")]
    internal async Task Request_Fails_HasTheKindOfError(FakeFault fault, string error)
    {
        _inner.All(fault);
        await _store.ReadAsync(Second, default);
        await _store.CreateAsync(Held, Second, default);

        Assert.Equal([("get", error), ("create", error)], Told());
    }

    [Fact]
    public async Task Write_LeaseIsAnotherOrGone_IsAConflict()
    {
        _server.Edit(_ => Held);
        Lease stale = _server.Lease!;
        _server.Edit(_ => Held);
        await _store.CreateAsync(Held, Second, default);
        await _store.ReplaceAsync(stale, Held, Second, default);
        _server.Delete();
        await _store.ReplaceAsync(stale, Held, Second, default);

        Assert.Equal([("create", "conflict"), ("update", "conflict"), ("update", "conflict")], Told());
    }

    [Fact]
    public async Task Request_Hangs_TookAsLongAsItMay()
    {
        _inner.Next(FakeFault.Hang);
        Task<LeaseReply> request = _store.ReadAsync(Second, default);
        await _server.UntilAsync(server => server.RequestsUnderWay == 1);
        _time.Advance(Second);
        await request;

        Assert.Equal([("get", "timeout")], Told());
        Assert.Equal(1, _recorder.Of(Duration)[0].Value, 0.001);
    }

    [Fact]
    public async Task Request_StoreHasABug_IsOfNoKindAndThrown()
    {
        _inner.Next(FakeFault.Throw);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _store.ReadAsync(Second, default));

        Assert.Equal([("get", "_OTHER")], Told());
    }

    [Fact]
    public async Task Request_Abandoned_IsNotMeasured()
    {
        using var token = new CancellationTokenSource();
        _inner.Next(FakeFault.Hang);
        Task<LeaseReply> request = _store.ReadAsync(Second, token.Token);
        await token.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);

        Assert.Empty(Told());
    }

    private IEnumerable<(string?, string?)> Told() =>
        _recorder.Of(Duration).Select(measured => (measured["leader_election.operation"], measured["error.type"]));
}
