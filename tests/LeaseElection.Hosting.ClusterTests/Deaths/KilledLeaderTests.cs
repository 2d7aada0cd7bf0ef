using System.Text.Json.Nodes;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Deaths;

/// <summary>Leaders that are killed, and whose kubelet tells it a second later: how soon others work.</summary>
[Collection(WaitingProcesses.Name)]
public sealed class KilledLeaderTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    /// <summary>Of a lease of 15 s, which is renewed every three: without proof it takes 12 at least.</summary>
    private static readonly TimeSpan WithoutProof = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan KubeletLag = TimeSpan.FromSeconds(1);

    [ApiServerFact]
    public async Task Leaders_that_are_killed_are_followed_once_their_kubelet_has_told_it()
    {
        int trials = LongForm.IsAskedFor ? 20 : 2;
        await using DeathScene scene = await DeathScene.OpenAsync(fixture.Server, [DeathScene.Leases, DeathScene.Pods]);
        TestKubelet leader = await scene.AddAsync("worker-0");
        await scene.LeadsAsync(leader);
        TestKubelet standby = await scene.AddAsync("worker-1");
        List<double> took = [];
        for (int i = 0; i < trials; i++)
        {
            await scene.FollowsAsync(standby, leader);
            long killed = TimeProvider.System.GetTimestamp();
            JsonObject ended = await leader.KillAsync();
            await Task.Delay(KubeletLag, TimeProvider.System, CancellationToken.None); // What is measured: the kubelet tells it late.
            await leader.TellAsync(ended);

            took.Add((await scene.TimeToWorkAsync(standby, killed)).TotalSeconds);
            Assert.InRange(took[^1], 0, WithoutProof.TotalSeconds / 2);
            await scene.SaysAsync(standby, "is dead: its container app of pod"); // A logger writes later than the work that has begun.

            await leader.TellAsync(TestKubelet.Waiting(), ended); // CrashLoopBackOff, and then the next container.
            await scene.StartAsync(leader);
            (leader, standby) = (standby, leader);
        }

        took.Sort();
        output.WriteLine(
            $"kill -9 to the next start of work, told {KubeletLag.TotalSeconds:0} s late, {trials} trials: {took[0]:0.00} to "
            + $"{took[^1]:0.00} s, median {took[took.Count / 2]:0.00} s: "
            + string.Join(' ', took.Select(one => one.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture))));
    }
}
