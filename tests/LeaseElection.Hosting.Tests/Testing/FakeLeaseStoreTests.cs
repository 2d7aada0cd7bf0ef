using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.Contracts;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests;

public sealed class FakeLeaseStoreTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly FakeLeaseServer _server;
    private readonly FakeLeaseStore _store;

    public FakeLeaseStoreTests()
    {
        _server = new FakeLeaseServer(_time);
        _store = _server.Connect();
    }

    [Fact]
    public async Task Replace_OnlyTheNewestVersion_OfTwoConnections()
    {
        Lease first = await WriteAsync("a");
        FakeLeaseStore other = _server.Connect();

        Assert.IsType<LeaseReply.Found>(await other.ReplaceAsync(first, Held("b"), Second, default));
        Assert.IsType<LeaseReply.Conflict>(await _store.ReplaceAsync(first, Held("a"), Second, default));
        Assert.IsType<LeaseReply.Conflict>(await _store.CreateAsync(Held("a"), Second, default));

        Assert.Equal("b", _server.Holder);
        Assert.Equal(["a", "b"], _server.Written.Select(record => record.HolderIdentity));
    }

    [Fact]
    public async Task Replace_DeletedAndMadeAgain_Conflict()
    {
        Lease first = await WriteAsync("a");
        _server.Delete();

        Assert.IsType<LeaseReply.Absent>(await _store.ReplaceAsync(first, Held("a"), Second, default));
        _server.Edit(_ => Held("b"));
        Assert.IsType<LeaseReply.Conflict>(await _store.ReplaceAsync(_server.Lease! with { Uid = first.Uid }, Held("a"), Second, default));
    }

    [Fact]
    public async Task Watch_TellsWhatHappenedSinceItsVersionAndThenWhatHappens()
    {
        Lease first = await WriteAsync("a");
        _server.Edit(record => record with { HolderIdentity = "b" });

        await using var reader = new LeaseWatchReader(_store, first.ResourceVersion, Signal.Patience);
        Assert.Equal("b", (await reader.NextAsync<LeaseEvent.Changed>()).Lease.Record.HolderIdentity);
        _server.Delete();
        await reader.NextAsync<LeaseEvent.Deleted>();
        Assert.Equal(1, _server.OpenWatches);

        _server.CloseWatches();
        Assert.True(await reader.EndsAsync());
        Assert.Equal(0, _server.OpenWatches);
    }

    [Fact]
    public async Task Watch_BrokenOrDenied_Throws()
    {
        Lease first = await WriteAsync("a");
        await using (var reader = new LeaseWatchReader(_store, first.ResourceVersion, Signal.Patience))
        {
            _server.CloseWatches(new LeaseStoreError(LeaseStoreErrorKind.Gone, "Too old."));
            var broken = await Assert.ThrowsAsync<LeaseWatchException>(reader.NextOfAnyKindAsync);
            Assert.Equal(LeaseStoreErrorKind.Gone, broken.Error.Kind);
        }

        _server.DenyWatches();
        await using var denied = new LeaseWatchReader(_store, first.ResourceVersion, Signal.Patience);
        var exception = await Assert.ThrowsAsync<LeaseWatchException>(denied.NextOfAnyKindAsync);
        Assert.Equal(LeaseStoreErrorKind.Forbidden, exception.Error.Kind);
    }

    [Fact]
    public async Task Next_Faults_OneEachThenTheLastingOne()
    {
        _store.Next(FakeFault.Fail, FakeFault.Throw, FakeFault.None);
        _store.All(FakeFault.Forbid);

        Assert.Equal(LeaseStoreErrorKind.Network, Assert.IsType<LeaseReply.Failed>(await ReadAsync()).Error.Kind);
        await Assert.ThrowsAsync<InvalidOperationException>(ReadAsync);
        Assert.IsType<LeaseReply.Absent>(await ReadAsync());
        Assert.Equal(LeaseStoreErrorKind.Forbidden, Assert.IsType<LeaseReply.Failed>(await ReadAsync()).Error.Kind);
        Assert.Equal(1, _server.Reads);
    }

    [Fact]
    public async Task LoseReply_WriteTakesEffect()
    {
        _store.Next(FakeFault.LoseReply);

        Assert.IsType<LeaseReply.Unknown>(await _store.CreateAsync(Held("a"), Second, default));

        Assert.Equal("a", _server.Holder);
    }

    [Fact]
    public async Task Hang_AnswersWhenItsTimeIsUp_OrIsAbandoned()
    {
        _store.All(FakeFault.Hang);
        using var abandon = new CancellationTokenSource();
        Task<LeaseReply> timesOut = _store.CreateAsync(Held("a"), Second, default);
        Task<LeaseReply> abandoned = _store.ReadAsync(Second * 2, abandon.Token);
        Assert.Equal(2, _server.RequestsUnderWay);

        _time.Advance(Second);
        Assert.Equal(LeaseStoreErrorKind.Timeout, Assert.IsType<LeaseReply.Unknown>(await timesOut).Error.Kind);
        await abandon.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        Assert.Equal((0, null), (_server.RequestsUnderWay, _server.Lease));
    }

    [Fact]
    public async Task Late_TakesEffectAndAnswersWhenDelivered()
    {
        _store.Next(FakeFault.Late);
        Task<LeaseReply> late = _store.CreateAsync(Held("a"), Second, default);

        Assert.Equal("a", _server.Holder);
        Assert.False(late.IsCompleted);
        _store.DeliverLate();

        Assert.IsType<LeaseReply.Found>(await late);
    }

    private static LeaseRecord Held(string holder) => new() { HolderIdentity = holder, LeaseDurationSeconds = 15 };

    private Task<LeaseReply> ReadAsync() => _store.ReadAsync(Second, default);

    private async Task<Lease> WriteAsync(string holder) =>
        Assert.IsType<LeaseReply.Found>(await _store.CreateAsync(Held(holder), Second, default)).Lease;
}
