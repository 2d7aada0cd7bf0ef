using System.Globalization;
using LeaseElection.Canary;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Native;

namespace LeaseElection.Benchmarks;

/// <summary>Hundreds of elections change hands at once: how long that takes, where the time goes, and with how many requests.</summary>
internal static class StormBenchmark
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- storm [TRIALS [ELECTIONS [STANDBYS]]]

        TRIALS (5) times a process that leads all of its ELECTIONS (500) gets SIGTERM while STANDBYS (1) processes stand for them, over one
        real API server: the time until others lead all of them, what each process computed in it (medians, in milliseconds), and how many
        requests there were. On .NET, and as a native program where there is gcc or tests/native/install has brought one; by turns, because
        a machine is faster in one minute than in the next.
        """;

    /// <summary>Whose computing is told.</summary>
    public static readonly IReadOnlyList<string> Computing = ["API server", "etcd", "who leaves", "all standbys"];

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);
    private static readonly string[] Verbs = ["PUT", "GET", "WATCH"];

    public static async Task<int> RunAsync(int trials, int count, int standbys)
    {
        using NativeProgram? native = await NativeCanary.PublishAsync();
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        ScaleContender[] contenders =
        [
            ScaleContender.Of("here", ManyElections.Command), .. native is null ? [] : new[] { NativeCanary.Elections(native) },
        ];
        Dictionary<string, List<Storm>> storms = contenders.ToDictionary(contender => contender.Name, _ => new List<Storm>());
        for (int trial = 0; trial < trials; trial++)
        {
            foreach (ScaleContender contender in contenders)
                storms[contender.Name].Add(await MeasureAsync(server, contender, count, standbys));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"SIGTERM of who leads {count} elections, {standbys} standing by, until all are led:"));
        Console.WriteLine($"| | min | median | max | trials | {string.Join(" | ", Computing)} | {string.Join(" | ", Verbs)} |");
        Console.WriteLine("|---|---|---|---|---" + string.Concat(Enumerable.Repeat("|---", Computing.Count + Verbs.Length)) + "|");
        foreach ((string name, List<Storm> all) in storms)
        {
            IEnumerable<string> computed = Computing.Select((_, process) => Figures.Milliseconds([.. all.Select(one => one.Cpu[process])]));
            IEnumerable<string> sent = Verbs.Select(verb =>
                all.Average(one => one.Requests.GetValueOrDefault(verb)).ToString("0", CultureInfo.InvariantCulture));
            string times = Figures.Cells([.. all.Select(one => one.All)]);
            Console.WriteLine($"| {name} | {times} | {string.Join(" | ", computed)} | {string.Join(" | ", sent)} |");
        }

        return 0;
    }

    private static async Task<Storm> MeasureAsync(RealApiServer server, ScaleContender contender, int count, int standbys)
    {
        string leaseNamespace = await server.CreateNamespaceAsync();
        ApiServerUser user = await server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "list", "watch", "create", "update"));
        await using var replicas = new ScaleReplicas(server, leaseNamespace, user, contender, count);
        ScaleReplica leader = replicas.Start();
        await leader.AllLedAsync();
        ScaleReplica[] others = [.. Enumerable.Range(0, standbys).Select(_ => replicas.Start())];
        await Task.Delay(Settle, TimeProvider.System, CancellationToken.None);

        if (others.Any(other => other.Started > 0))
            throw new InvalidOperationException("An election changed hands before anybody was told to stop: this machine is too busy.");

        IReadOnlyDictionary<string, double> sent = await server.CountLeaseRequestsAsync();
        TimeSpan[] after = [];
        TimeSpan[] before = after = Look();
        long since = TimeProvider.System.GetTimestamp();
        leader.Signal("TERM");
        while (others.Sum(other => other.Started) < count)
        {
            if (TimeProvider.System.GetElapsedTime(since) > Patience)
                throw new TimeoutException($"{others.Sum(other => other.Started)} of {count} elections led after {Patience}.");
            await Task.Delay(BetweenLooks, TimeProvider.System, CancellationToken.None);
            after = Look();
        }

        TimeSpan all = TimeProvider.System.GetElapsedTime(since);
        IReadOnlyDictionary<string, double> sentNow = await server.CountLeaseRequestsAsync();
        return new Storm(
            all,
            [.. after.Select((cpu, process) => cpu - before[process])],
            sentNow.ToDictionary(verb => verb.Key, verb => verb.Value - sent.GetValueOrDefault(verb.Key)));

        TimeSpan CpuOfLeader()
        {
            try
            {
                return ProcessCost.Cpu(leader.Pid);
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                return after[2]; // It has ended since the last look.
            }
        }

        TimeSpan[] Look() =>
        [
            ProcessCost.Cpu(server.Pid), ProcessCost.Cpu(server.EtcdPid),
            CpuOfLeader(),
            others.Aggregate(TimeSpan.Zero, (sum, other) => sum + ProcessCost.Cpu(other.Pid)),
        ];
    }
}
