using System.Globalization;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Benchmarks;

/// <summary>How long nobody works while the chart's Deployment is rolled out: every Pod replaced, one by one.</summary>
internal static class RolloutBenchmark
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- rollout [ROLLOUTS]

        Applies charts/leader-elected-app to a real API server, runs its three Pods as processes with the environment and the rights of
        its Deployment, and replaces all of them as often as told (5). Exit code 1: nobody's work ran for longer than 150 ms.
        """;

    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(150);

    /// <summary>The exit code.</summary>
    public static async Task<int> RunAsync(int rollouts)
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        using InstalledChart chart = await InstalledChart.InstallAsync(server, new HelmChart());
        int replicas = (int)chart.Chart["Deployment"]["spec"]!["replicas"]!;
        Console.WriteLine($"{replicas} replicas of {chart.Chart.LeaseName} with the chart's defaults, {rollouts} rollouts, {server.Url}");

        using Rollout rollout = await Rollout.StartAsync(replicas, chart.ProcessEnvironmentOf, chart.Chart.ReadyPath);
        int seen = 0;
        for (int i = 1; i <= rollouts; i++)
        {
            await rollout.ReplaceAllAsync(Random.Shared);
            Console.WriteLine($"rollout {i}: {rollout.Gaps.Count - seen} hand-overs for {replicas} Pods replaced");
            foreach (Gap gap in rollout.Gaps.Skip(seen))
                Console.WriteLine($"  {gap.From} to {gap.To}: {Text(gap.Length)}");
            seen = rollout.Gaps.Count;
        }

        Figures.Print("rollout: end of work to next start", [.. rollout.Gaps.Select(gap => gap.Length)]);
        if (rollout.Gaps.All(gap => gap.Length >= TimeSpan.Zero && gap.Length <= Bound))
            return 0;
        await Console.Error.WriteLineAsync($"FAILED: work overlapped, or nobody's ran for longer than {Text(Bound)}.");
        return 1;
    }

    private static string Text(TimeSpan length) => length.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + " ms";
}
