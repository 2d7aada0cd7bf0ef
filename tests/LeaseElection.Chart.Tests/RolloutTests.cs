using LeaseElection.Benchmarks;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>The Deployment rolled out, by hand: real processes with its environment and its rights, replaced one by one.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class RolloutTests(ApiServerFixture fixture)
{
    [InstalledFact]
    public async Task RollingUpdate_EveryPodReplaced_HandsOverAtOnceAndNeverOverlaps()
    {
        using InstalledChart chart =
            await InstalledChart.InstallAsync(fixture.Server, new HelmChart { Set = ["shutdown.timeoutSeconds=20"] });
        int replicas = (int)chart.Chart["Deployment"]["spec"]!["replicas"]!;
        using Rollout rollout = await Rollout.StartAsync(replicas, chart.ProcessEnvironmentOf, chart.Chart.ReadyPath);
        string before = rollout.Told.First(told => told.Kind == Journal.Started).Subject;

        await rollout.ReplaceAllAsync(Random.Shared);

        // The leader was among the replaced, so there was at least one hand-over; at most one for each.
        Assert.InRange(rollout.Gaps.Count, 1, replicas);
        Assert.Equal(before, rollout.Gaps[0].From);

        // Far below the lease: released, not run out. What it takes on a quiet machine, `-- rollout` of the benchmarks measures.
        TimeSpan lease = TimeSpan.Parse(
            chart.Chart.Environment["LeaderElection__LeaseDuration"], System.Globalization.CultureInfo.InvariantCulture);
        Assert.All(rollout.Gaps, gap => Assert.InRange(gap.Length, TimeSpan.Zero, lease / 5));

        // What the host allows for stopping is what the chart's grace period was computed from.
        Assert.All(rollout.Told.Where(told => told.Kind == Journal.Allows), told => Assert.Equal("20", told.Subject));
    }
}
