using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;
using static LeaseElection.Hosting.ClusterTests.Faults.FaultScene;

namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>Load balancers that forget a connection over which nothing is said for a while, and swallow what is said after that.</summary>
[Collection(WaitingHosts.Name)]
public sealed class QuietConnectionTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(4);

    /// <summary>In real time, which no clock of ours can shorten: the proxy, the sockets and the leader live in it, too.</summary>
    [LongFact]
    public async Task Fault31_a_hand_over_after_five_quiet_minutes_is_as_fast_as_any()
    {
        await using FaultScene scene = await OpenAsync(fixture.Server, output);
        var setup = new FaultReplicaSetup { Proxy = proxy => proxy.ForgetAfter(Forgotten) };
        (FaultReplica a, FaultReplica b) = await scene.LeaderAndStandbyAsync(setup);
        TimeSpan usual = await HandOverAsync(a, b);

        int before = Requests();
        await PassAsync(Forgotten + TimeSpan.FromMinutes(1));
        int meanwhile = Requests() - before;
        TimeSpan gap = await HandOverAsync(b, a);

        // Had a request been swallowed, its connection would have been replaced when its time was over.
        Assert.Empty(a.Host.Logs.Named("ConnectionReplaced"));
        Assert.InRange(gap, TimeSpan.Zero, Slack);
        scene.Conclude(
            31, "connections are forgotten after four quiet minutes: a hand-over after five takes no longer than any",
            $"led {Ms(gap)} after the end of the work, {Ms(usual)} before the quiet; requests of the standby meanwhile, watches aside: "
                + $"{meanwhile}");

        int Requests() => a.Proxy.Requests.Total - a.Proxy.Requests["watch"];
    }

    /// <returns>How long nobody worked.</returns>
    private static async Task<TimeSpan> HandOverAsync(FaultReplica leader, FaultReplica standby)
    {
        WorkSpan work = leader.Spans[^1];
        await leader.Host.Election.StepDownAsync();
        WorkSpan next = await standby.WorksAsync(after: work.Token);
        return Between(leader.Spans[^1].End!.Value, next.Start);
    }
}
