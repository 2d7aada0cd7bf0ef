using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Deaths;

/// <summary>
/// Everything that does not prove the death of a leader costs the time of its lease, here 6 s, less what has passed since its last renewal:
/// a second, or more on a busy machine.
/// </summary>
[Collection(WaitingProcesses.Name)]
public sealed class UnprovenDeathTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private static readonly string[] Timings =
    [
        "LeaseDuration=00:00:06", "RenewDeadline=00:00:04", "RenewInterval=00:00:01", "RetryPeriod=00:00:01"
    ];

    /// <summary>A proof lets another lead in about a second.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(3);

    [ApiServerFact]
    public Task Some_of_what_proves_nothing_waits_for_the_lease() =>
        Task.WhenAll(UnprovenCase.All.Where(each => each.Why is "it is gone" or "it is Evicted").Select(PlayAsync));

    [LongFact]
    public async Task All_that_proves_nothing_waits_for_the_lease()
    {
        foreach (UnprovenCase[] some in UnprovenCase.All.Chunk(3))
            await Task.WhenAll(some.Select(PlayAsync));
    }

    private async Task PlayAsync(UnprovenCase unproven)
    {
        PolicyRule[] rights = unproven.IsForbidden ? [DeathScene.Leases] : [DeathScene.Leases, DeathScene.Pods];
        await using DeathScene scene = await DeathScene.OpenAsync(fixture.Server, rights, Timings);
        TestKubelet leader = await scene.AddAsync("worker-0", unproven.Spec?.DeepClone().AsObject());
        await scene.LeadsAsync(leader);
        TestKubelet standby = await scene.AddAsync("worker-1");
        if (unproven.IsForbidden)
            await scene.SaysAsync(standby, "resources [pods], verbs [get, watch]");
        else if (unproven.Spec is not null)
            await scene.SaysAsync(standby, unproven.Why!);
        else
            await scene.FollowsAsync(standby, leader);

        long killed = TimeProvider.System.GetTimestamp();
        JsonObject ended = await leader.KillAsync();
        await unproven.Tell(leader, ended);
        if (unproven.Why is { } why)
            await scene.SaysAsync(standby, why);
        TimeSpan took = await scene.TimeToWorkAsync(standby, killed);

        output.WriteLine($"{unproven.Name}: {took.TotalSeconds:0.0} s");
        Assert.True(took > Least, $"{unproven.Name}: work after {took.TotalSeconds:0.0} s");
        Assert.False(await scene.HasSaidAsync(standby, "is dead: its container"), unproven.Name);
    }
}
