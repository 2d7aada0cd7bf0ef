using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Kubernetes;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Proxy;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;
using WatchReader = LeaseElection.Testing.Contracts.LeaseWatchReader;

namespace LeaseElection.Hosting.Tests;

/// <summary>What the fault proxy does to requests and connections, seen by our store.</summary>
public sealed class FaultProxyTests : IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    private FakeKubeApiServer _server = null!;
    private FaultProxy _proxy = null!;
    private KubernetesLeaseStore _store = null!;
    private Lease _lease = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeKubeApiServer.StartAsync();
        _proxy = await FaultProxy.StartAsync(_server.Url, _server.Authority);
        _store = new StoreSetup(_server) { Url = _proxy.Url }.Create();
        _lease = await _store.CreateLeaseAsync();
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task NoFault_RequestsAndWatch_PassUnchanged()
    {
        await using var watch = new WatchReader(_store, _lease.ResourceVersion, Patience);
        await ReplaceAsync(1);

        Assert.Equal(Held("a", 1), (await watch.NextAsync<LeaseEvent.Changed>()).Lease.Record);
        Assert.IsType<LeaseReply.Found>(await _store.ReadAsync(Patience, default));
        RecordedRequest update = _server.Requests.Single(request => request.Verb == "update");
        Assert.StartsWith("LeaseElection.Hosting/", update.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.True(update.Query.ContainsKey("timeout"));
        Assert.Equal(
            (1, 1, 1, 1, 4, 2, 1),
            (_proxy.Requests["create"], _proxy.Requests["update"], _proxy.Requests["get"], _proxy.Requests["watch"],
                _proxy.Requests.Total, _proxy.Requests.ConnectionsOpen, _proxy.Requests.WatchesOpen));
        Assert.Equal([201, 200, 200], _proxy.Requests.Newest.Where(request => request.Verb != "watch").Select(request => request.Status));
    }

    [Fact]
    public async Task Delay_LongerThanTheClientWaits_ArrivesAllTheSame()
    {
        _proxy.Delay(Short * 5, "update", times: 1); // Long enough to look in between, on a busy machine too.

        Unknown(LeaseStoreErrorKind.Timeout, await ReplaceForAsync(Short));
        Assert.Equal(Held("a"), await RecordAsync());

        await Polling.UntilAsync(async () => await RecordAsync() == Held("a", 1), Patience);
    }

    [Fact]
    public async Task DelayAnswer_LongerThanTheClientWaits_IsCarriedOutAtOnce()
    {
        _proxy.DelayAnswer(Patience, "update", times: 1);

        Unknown(LeaseStoreErrorKind.Timeout, await ReplaceForAsync(Short));

        Assert.Equal(Held("a", 1), await RecordAsync());
    }

    [Theory]
    [InlineData(false, false, LeaseStoreErrorKind.Timeout)]
    [InlineData(false, true, LeaseStoreErrorKind.Timeout)]
    [InlineData(true, false, LeaseStoreErrorKind.Network)]
    [InlineData(true, true, LeaseStoreErrorKind.Network)]
    internal async Task HangOrReset_BeforeOrAfterTheCommit_UnknownOnceAndThenWell(
        bool reset, bool afterCommit, LeaseStoreErrorKind expected)
    {
        _ = (reset, afterCommit) switch
        {
            (true, true) => _proxy.CutAfterCommit("update", times: 1),
            (true, false) => _proxy.Reset("update", times: 1),
            (false, true) => _proxy.HangAfterCommit("update", times: 1),
            (false, false) => _proxy.Hang("update", times: 1),
        };

        Unknown(expected, await ReplaceForAsync(reset ? Patience : Short));

        Assert.Equal(Held("a", afterCommit ? 1 : 0), await RecordAsync());
        Assert.Equal(afterCommit ? 1 : 0, _server.Requests.Count(request => request.Verb == "update"));
    }

    [Fact]
    public async Task Answer_TooManyRequests_NeverReachesTheServer()
    {
        _proxy.Answer(429, TimeSpan.FromSeconds(32), "update", times: 1);

        LeaseStoreError error = Failed(LeaseStoreErrorKind.Throttled, await ReplaceForAsync(Patience));

        Assert.Equal(TimeSpan.FromSeconds(32), error.RetryAfter);
        Assert.DoesNotContain(_server.Requests, request => request.Verb == "update");
    }

    [Fact]
    public async Task Replay_Write_TheSecondDeliveryConflicts()
    {
        _proxy.Replay(times: 1);

        Lease written = await ReplaceAsync(1);

        Assert.Equal(2, _server.Requests.Count(request => request.Verb == "update"));
        Lease now = Assert.IsType<LeaseReply.Found>(await _store.ReadAsync(Patience, default)).Lease;
        Assert.Equal(written.ResourceVersion, now.ResourceVersion);
    }

    [Fact]
    public async Task BlackHole_ConnectionsThatAreOpen_SwallowEverythingAndNewOnesWork()
    {
        _proxy.BlackHole();

        Unknown(LeaseStoreErrorKind.Timeout, await ReplaceForAsync(Short));

        Assert.Equal(Held("a"), await RecordAsync());
    }

    [Fact]
    public async Task Partition_UntilHealed_NothingGetsThrough()
    {
        _proxy.Partition();
        Unknown(LeaseStoreErrorKind.Timeout, await ReplaceForAsync(Short));
        Failed(LeaseStoreErrorKind.Timeout, await _store.ReadAsync(Short, default));
        Assert.Single(_server.Requests);

        _proxy.Heal();

        Assert.Equal(Held("a"), await RecordAsync());
    }

    [Fact]
    public async Task Upstream_Gone_ConnectionIsReset()
    {
        FakeKubeApiServer server = await FakeKubeApiServer.StartAsync();
        await using FaultProxy proxy = await FaultProxy.StartAsync(server.Url, server.Authority);
        await using KubernetesLeaseStore store = new StoreSetup(server) { Url = proxy.Url }.Create();
        Lease lease = await store.CreateLeaseAsync();
        await server.DisposeAsync();

        Unknown(LeaseStoreErrorKind.Network, await store.ReplaceAsync(lease, Held("a", 1), Patience, default));
    }

    [Fact]
    public async Task Present_AnotherAuthority_IsNotTrusted()
    {
        using var other = new CertificateAuthority();
        _proxy.Present(other);
        _proxy.ResetConnections();

        LeaseReply reply = await _store.ReadAsync(Patience, default);
        if (reply is LeaseReply.Failed { Error.Kind: LeaseStoreErrorKind.Network })
            reply = await _store.ReadAsync(Patience, default); // The reset was met first.

        Failed(LeaseStoreErrorKind.Tls, reply);
    }

    private Task<LeaseReply> ReplaceForAsync(TimeSpan timeout) => _store.ReplaceAsync(_lease, Held("a", 1), timeout, default);

    private async Task<Lease> ReplaceAsync(int renewals) =>
        Assert.IsType<LeaseReply.Found>(await _store.ReplaceAsync(_lease, Held("a", renewals), Patience, default)).Lease;

    private async Task<LeaseRecord> RecordAsync() =>
        Assert.IsType<LeaseReply.Found>(await _store.ReadAsync(Patience, default)).Lease.Record;
}
