using System.Globalization;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;

namespace LeaseElection.Benchmarks;

/// <summary>How long nobody works when a leader is killed, beside what others do.</summary>
internal static class CrashBenchmark
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- crash [TRIALS [OTHERS [SECONDS]]]

        Kills the leader of two processes by SIGKILL, again and again, and measures the time until the other works: TRIALS (20) times where
        the leader's Pod proves its death (Kubernetes:TakeOverFromTerminated), told a second late as by a slow kubelet; and OTHERS (5) times
        each without proof, with KubernetesClient, and with client-go where tests/electors/install has been run, each of which waits for a
        lease to run out. Leases of SECONDS (15), of which RenewDeadline is two thirds and RetryPeriod two fifteenths.
        """;

    private const string LeaseName = "crash";

    public static async Task<int> RunAsync(int trials, int others, int seconds)
    {
        var timings = new ElectorTimings(seconds, seconds * 2 / 3.0, seconds * 2 / 15.0);
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"SIGKILL to the next start of work, two processes, "
                + $"{timings.LeaseSeconds}/{timings.DeadlineSeconds:0.##}/{timings.RetrySeconds:0.##} s, "
            + $"{server.Url}"));
        Console.WriteLine("| | min | median | max | trials |");
        Console.WriteLine("|---|---|---|---|---|");
        await MeasureAsync("here, its death proved by its Pod 1 s after it", trials, (commands, leaseNamespace, user) =>
            new PodCrashes(commands, server, leaseNamespace, user, timings));
        await MeasureAsync("here", others, (commands, _, user) =>
            new Crashes(identity => commands.Ours(OwnAssembly, user, identity, timings), timings));
        await MeasureAsync("KubernetesClient", others, (commands, _, user) =>
            new Crashes(identity => commands.KubernetesClient(user, identity, timings), timings));
        if (ElectorPrograms.Find(Environment.GetEnvironmentVariable) is not null)
        {
            await MeasureAsync("client-go", others, (commands, _, user) =>
                new Crashes(identity => commands.ClientGo(user, identity, timings), timings));
        }

        return 0;

        async Task MeasureAsync(string name, int count, Func<ElectorCommands, string, ApiServerUser, Crashes> of)
        {
            string leaseNamespace = await server.CreateNamespaceAsync();
            ApiServerUser user = await server.CreateUserAsync(
                leaseNamespace, PolicyRule.Leases("get", "create", "update", "watch"), new PolicyRule("", "pods", "get", "watch"));
            await using Crashes crashes = of(new ElectorCommands(server, leaseNamespace, LeaseName), leaseNamespace, user);
            Console.WriteLine($"| {name} | {Figures.Cells(await crashes.RunAsync(count))} |");
        }
    }

    /// <summary>The program that takes <see cref="Candidate.Command"/>: this one.</summary>
    internal static string OwnAssembly { get; } = typeof(CrashBenchmark).Assembly.Location;
}
