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
public sealed class FaultProxyTests : FaultProxyTest
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task NoFault_RequestsAndWatch_PassUnchanged()
    {
        await using var watch = new WatchReader(Store, Lease.ResourceVersion, Patience);
        await ReplaceAsync(1);

        Assert.Equal(Held("a", 1), (await watch.NextAsync<LeaseEvent.Changed>()).Lease.Record);
        Assert.IsType<LeaseReply.Found>(await Store.ReadAsync(Patience, default));
        RecordedRequest update = Server.Requests.Single(request => request.Verb == "update");
        Assert.StartsWith("LeaseElection.Hosting/", update.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.True(update.Query.ContainsKey("timeout"));
        Assert.Equal(
            (1, 1, 1, 1, 4, 2, 1),
            (Proxy.Requests["create"], Proxy.Requests["update"], Proxy.Requests["get"], Proxy.Requests["watch"],
                Proxy.Requests.Total, Proxy.Requests.ConnectionsOpen, Proxy.Requests.WatchesOpen));
        Assert.Equal([201, 200, 200], Proxy.Requests.Newest.Where(request => request.Verb != "watch").Select(request => request.Status));
    }

    [Fact]
    public async Task Delay_LongerThanTheClientWaits_ArrivesAllTheSame()
    {
        Proxy.Delay(TimeSpan.FromSeconds(3), "update", times: 1); // Long enough to look in between, on a busy machine too.

        Unknown(
            LeaseStoreErrorKind.Timeout, await TimedOutAsync(ReplaceForAsync(Short), () => Task.FromResult(Proxy.Requests["update"] == 1)));
        Assert.DoesNotContain(Server.Requests, request => request.Verb == "update");

        await Polling.UntilAsync(async () => await RecordAsync() == Held("a", 1), Patience);
    }

    [Fact]
    public async Task DelayAnswer_LongerThanTheClientWaits_IsCarriedOutAtOnce()
    {
        Proxy.DelayAnswer(Patience * 2, "update", times: 1);

        Unknown(LeaseStoreErrorKind.Timeout, await TimedOutAsync(ReplaceForAsync(Short), IsCarriedOutAsync));
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
            (true, true) => Proxy.CutAfterCommit("update", times: 1),
            (true, false) => Proxy.Reset("update", times: 1),
            (false, true) => Proxy.HangAfterCommit("update", times: 1),
            (false, false) => Proxy.Hang("update", times: 1),
        };

        Task<LeaseReply> replacing = ReplaceForAsync(reset ? Patience : Short);
        Unknown(expected, await (reset ? replacing
            : TimedOutAsync(replacing, afterCommit ? IsCarriedOutAsync : () => Task.FromResult(Proxy.Requests["update"] == 1))));

        Assert.Equal(Held("a", afterCommit ? 1 : 0), await RecordAsync());
        Assert.Equal(afterCommit ? 1 : 0, Server.Requests.Count(request => request.Verb == "update"));
    }

    [Fact]
    public async Task ForgetAfter_QuietForLonger_SwallowsWhatIsSaidThenOverThatConnectionOnly()
    {
        Proxy.ForgetAfter(TimeSpan.FromTicks(1));

        Unknown(
            LeaseStoreErrorKind.Timeout,
            await TimedOutAsync(ReplaceForAsync(Short), () => Task.FromResult(Proxy.Requests.DeadLetters == 1)));
        Proxy.Heal();

        Assert.IsType<LeaseReply.Found>(await ReplaceForAsync(Patience));
        Assert.Equal(1, Proxy.Requests["update"]);
    }

    [Fact]
    public async Task Answer_TooManyRequests_NeverReachesTheServer()
    {
        Proxy.Answer(429, TimeSpan.FromSeconds(32), "update", times: 1);

        LeaseStoreError error = Failed(LeaseStoreErrorKind.Throttled, await ReplaceForAsync(Patience));

        Assert.Equal(TimeSpan.FromSeconds(32), error.RetryAfter);
        Assert.DoesNotContain(Server.Requests, request => request.Verb == "update");
    }

    [Fact]
    public async Task Replay_Write_TheSecondDeliveryConflicts()
    {
        Proxy.Replay(times: 1);

        Lease written = await ReplaceAsync(1);

        Assert.Equal(2, Server.Requests.Count(request => request.Verb == "update"));
        Lease now = Found(await Store.ReadAsync(Patience, default));
        Assert.Equal(written.ResourceVersion, now.ResourceVersion);
    }

    [Fact]
    public async Task BlackHole_ConnectionsThatAreOpen_SwallowEverythingAndNewOnesWork()
    {
        Proxy.BlackHole();

        Unknown(LeaseStoreErrorKind.Timeout, await TimedOutAsync(ReplaceForAsync(Short), HasSwallowedMoreThan(0)));

        Assert.Equal(Held("a"), await RecordAsync());
    }

    [Fact]
    public async Task Partition_UntilHealed_NothingGetsThrough()
    {
        Proxy.Partition();
        Unknown(LeaseStoreErrorKind.Timeout, await TimedOutAsync(ReplaceForAsync(Short), HasSwallowedMoreThan(0)));
        int swallowed = Proxy.Requests.DeadLetters;
        Failed(LeaseStoreErrorKind.Timeout, await TimedOutAsync(Store.ReadAsync(Short, default), HasSwallowedMoreThan(swallowed)));
        Assert.Single(Server.Requests);

        Proxy.Heal();

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
        Proxy.Present(other);
        Proxy.ResetConnections();

        LeaseReply reply = await Store.ReadAsync(Patience, default);
        if (reply is LeaseReply.Failed { Error.Kind: LeaseStoreErrorKind.Network })
            reply = await Store.ReadAsync(Patience, default); // The reset was met first.

        Failed(LeaseStoreErrorKind.Tls, reply);
    }

    private Task<LeaseReply> ReplaceForAsync(TimeSpan timeout) => Store.ReplaceAsync(Lease, Held("a", 1), timeout, default);

    /// <summary>Lets the time of a request pass once it has come as far as it can.</summary>
    private async Task<LeaseReply> TimedOutAsync(Task<LeaseReply> request, Func<Task<bool>> hasComeSoFar)
    {
        await Polling.UntilAsync(hasComeSoFar, Patience);
        Time.Advance(Short);
        return await request.WaitAsync(Patience);
    }

    private Func<Task<bool>> HasSwallowedMoreThan(int before) => () => Task.FromResult(Proxy.Requests.DeadLetters > before);

    private async Task<bool> IsCarriedOutAsync() => await RecordAsync() == Held("a", 1);

    private async Task<Lease> ReplaceAsync(int renewals) =>
        Found(await Store.ReplaceAsync(Lease, Held("a", renewals), Patience, default));

    private async Task<LeaseRecord> RecordAsync() =>
        Found(await Store.ReadAsync(Patience, default)).Record;
}
