using System.Globalization;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Benchmarks;

/// <summary>
/// What many partitions cost in many processes, beside the same number of elections, which is how it would be done without.
/// </summary>
internal static class PartitionBenchmark
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- partitions [PARTITIONS [REPLICAS [SECONDS]]]

        Runs REPLICAS (8) processes that share PARTITIONS (256) over one real API server, then as many with that many elections each, and
        prints per way, over SECONDS (30) in which nothing changes: requests, CPU and memory of a process, and CPU of the API server.
        """;

    public const string Command = "partition-replica";
    private const string Elections = "elections";
    private const string Partitions = "partitions";
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(int count, int replicas, int seconds)
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} in {replicas} processes, for {seconds} s:"));
        Console.WriteLine(
            "| | leases written/s | other requests/s | CPU of a process | RSS of a process (at most) | CPU of the API server |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (string way in new[] { Partitions, Elections })
            Console.WriteLine(await MeasureAsync(server, way, count, replicas, TimeSpan.FromSeconds(seconds)));
        return 0;
    }

    /// <summary>One process: with partitioned work, or with an election for each.</summary>
    public static Task RunReplicaAsync(string way, int count)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        if (way == Partitions)
            builder.Services.AddLeaderElection().AddPartitionedWork((_, _, _, token) => WorkAsync(token), count);
        for (int i = 0; way == Elections && i < count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"e{i}");
            builder.Services.AddLeaderElection(name, options => options.LeaseName = name).AddWork((_, _, token) => WorkAsync(token));
        }

        return builder.Build().RunAsync();
    }

    private static async Task WorkAsync(CancellationToken stoppingToken)
    {
        Console.WriteLine("begins");
        await Task.Delay(
            Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Console.WriteLine("ends");
    }

    private static async Task<string> MeasureAsync(RealApiServer server, string way, int count, int replicas, TimeSpan time)
    {
        string leaseNamespace = await server.CreateNamespaceAsync();
        ApiServerUser user = await server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "list", "watch", "create", "update"));
        var environment = new Dictionary<string, string>
        {
            ["LeaderElection__LeaseNamespace"] = leaseNamespace,
            ["LeaderElection__Kubernetes__ApiServer"] = server.Url.ToString(),
            ["LeaderElection__Kubernetes__TokenFile"] = user.TokenFile,
            ["LeaderElection__Kubernetes__CertificateAuthorityFile"] = server.CertificateAuthorityFile,
        };
        if (way == Partitions)
            environment["LeaderElection__LeaseName"] = "orders";
        List<PartitionReplica> all = [];
        try
        {
            for (int i = 0; i < replicas; i++)
                all.Add(new PartitionReplica(way, count, environment));
            while (all.Sum(replica => replica.Works) < count)
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
            await Task.Delay(Settle, TimeProvider.System, CancellationToken.None);

            IReadOnlyDictionary<string, double> before = await server.CountLeaseRequestsAsync();
            TimeSpan[] cpu = [.. all.Select(replica => ProcessCost.Cpu(replica.Pid))];
            TimeSpan serverCpu = ProcessCost.Cpu(server.Pid);
            await Task.Delay(time, TimeProvider.System, CancellationToken.None);
            IReadOnlyDictionary<string, double> after = await server.CountLeaseRequestsAsync();
            double written = after.GetValueOrDefault("PUT") - before.GetValueOrDefault("PUT");
            double others = after.Values.Sum() - before.Values.Sum() - written;
            double share = all.Select((replica, i) => (ProcessCost.Cpu(replica.Pid) - cpu[i]) / time).Average();
            double resident = all.Max(replica => ProcessCost.ResidentKib(replica.Pid)) / 1024.0;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {way} | {written / time.TotalSeconds:0.0} | {others / time.TotalSeconds:0.0} | {share:0.0%} of a core | {resident:0} "
                    + $"MB "
                + $"| {(ProcessCost.Cpu(server.Pid) - serverCpu) / time:0.0%} of a core |");
        }
        finally
        {
            all.ForEach(replica => replica.Dispose());
        }
    }
}
