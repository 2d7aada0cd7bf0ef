using System.Globalization;
using LeaseElection.Canary;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Native;

namespace LeaseElection.Benchmarks;

/// <summary>What hundreds of elections in one process cost, and how fast all of them begin and change hands.</summary>
internal static class ScaleBenchmark
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- scale [ELECTIONS [SECONDS]]

        Runs ELECTIONS (500) in each of two processes over one real API server: the time until the first leads all of them, what both cost
        over SECONDS (30) in which nothing changes, then SIGKILL of who leads, and SIGTERM of its successor. The same as a native program,
        where there is gcc or tests/native/install has brought one; with client-go, where LEASEELECTION_ELECTORS names the directory that
        tests/electors/install prints; and with KubernetesClient's own LeaderElector. In the end what the two writes of each hand-over
        take a client that does nothing else: the least that SIGTERM can take on this machine.
        The processes of .NET run with DOTNET_GCgen0size=400000 (4 MB), so that their memory is not a matter of the processor's cache.
        """;

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(75); // Idle sockets of the start are closed after a minute.

    public static async Task<int> RunAsync(int count, int seconds)
    {
        using NativeProgram? native = await NativeCanary.PublishAsync();
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} elections in each of two processes, for {seconds} s:"));
        Console.WriteLine("| | start to all led | requests/s | CPU of API server | of leader | of standby | RSS of both | sockets of both "
            + "| threads of both | SIGKILL to all led (half of them) | SIGTERM to all led (half of them) | cores meanwhile |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        List<ScaleContender> contenders = [ScaleContender.Of("here", ManyElections.Command)];
        if (native is not null)
            contenders.Add(NativeCanary.Elections(native));
        if (Environment.GetEnvironmentVariable("LEASEELECTION_ELECTORS") is { } electors)
            contenders.Add(new("client-go", Path.Combine(electors, "client-go"), [], IsOfDotNet: false));
        else
            Console.Error.WriteLine("Without client-go: LEASEELECTION_ELECTORS is not set; tests/electors/install prints to what.");
        contenders.Add(ScaleContender.Of("KubernetesClient", ScaleElectors.Command)); // Last: it takes longest.
        foreach (ScaleContender contender in contenders)
            Console.WriteLine($"| {contender.Name} {await MeasureAsync(server, contender, count, TimeSpan.FromSeconds(seconds))}");
        Console.WriteLine($"The same writes alone: {await MeasureWritesAsync(server, count)}");
        return 0;
    }

    private static async Task<string> MeasureAsync(RealApiServer server, ScaleContender contender, int count, TimeSpan time)
    {
        string leaseNamespace = await server.CreateNamespaceAsync();
        ApiServerUser user = await server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "list", "watch", "create", "update"));
        await using var replicas = new ScaleReplicas(server, leaseNamespace, user, contender, count);

        ScaleReplica leader = replicas.Start();
        TimeSpan start = (await leader.AllLedAsync()).All;
        ScaleReplica standby = replicas.Start();
        await Task.Delay(Settle, TimeProvider.System, CancellationToken.None);

        IReadOnlyDictionary<string, double> before = await server.CountLeaseRequestsAsync();
        TimeSpan[] cpu = [ProcessCost.Cpu(server.Pid), ProcessCost.Cpu(leader.Pid), ProcessCost.Cpu(standby.Pid)];
        await Task.Delay(time, TimeProvider.System, CancellationToken.None);
        string requests = string.Join(", ", (await server.CountLeaseRequestsAsync())
            .Select(after => (Verb: after.Key, Rate: (after.Value - before.GetValueOrDefault(after.Key)) / time.TotalSeconds))
            .Where(sent => sent.Rate > 0)
            .Select(sent => string.Create(CultureInfo.InvariantCulture, $"{sent.Verb} {sent.Rate:0.0}")));
        double[] shares =
        [
            (ProcessCost.Cpu(server.Pid) - cpu[0]) / time,
            (ProcessCost.Cpu(leader.Pid) - cpu[1]) / time,
            (ProcessCost.Cpu(standby.Pid) - cpu[2]) / time,
        ];
        int[] pids = [leader.Pid, standby.Pid];
        string each = string.Create(
            CultureInfo.InvariantCulture,
            $"{requests} | {shares[0]:0.000} | {shares[1]:0.000} | {shares[2]:0.000} "
            + $"| {Both(pids, pid => ProcessCost.ResidentKib(pid) / 1024)} MB | {Both(pids, ProcessCost.Sockets)} | "
            + $"{Both(pids, ProcessCost.Threads)}");

        standby.BeginCounting();
        leader.Signal("KILL");
        (TimeSpan half, TimeSpan all) killed = await standby.AllLedAsync();
        ScaleReplica last = replicas.Start();
        await Task.Delay(Settle / 3, TimeProvider.System, CancellationToken.None);
        TimeSpan serverBefore = ProcessCost.Cpu(server.Pid);
        (TimeSpan used, TimeSpan stolen) machine = ProcessCost.CpuOfMachine();
        last.BeginCounting();
        standby.Signal("TERM");
        (TimeSpan half, TimeSpan all) ended = await last.AllLedAsync();
        (TimeSpan used, TimeSpan stolen) after = ProcessCost.CpuOfMachine();
        string cores = string.Create(
            CultureInfo.InvariantCulture,
            $"{(after.used - machine.used) / ended.all:0.0} of {Environment.ProcessorCount} busy, "
                + $"{(after.stolen - machine.stolen) / ended.all:0.0} stolen, "
            + $"API server {(ProcessCost.Cpu(server.Pid) - serverBefore) / ended.all:0.0}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {start.TotalSeconds:0.00} s | {each} "
            + $"| {killed.all.TotalSeconds:0.00} s ({killed.half.TotalSeconds:0.00} s) | {ended.all.TotalSeconds:0.00} s "
            + $"({ended.half.TotalSeconds:0.00} s) "
            + $"| {cores} |");
    }

    /// <summary>No hand-over by a release can be faster on this machine.</summary>
    private static async Task<string> MeasureWritesAsync(RealApiServer server, int count)
    {
        string leaseNamespace = await server.CreateNamespaceAsync();
        ApiServerUser user = await server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("create", "update"));
        using var bare = new BareWrites(server, user, leaseNamespace, count);
        await bare.BeginAsync();
        TimeSpan before = ProcessCost.Cpu(server.Pid) + ProcessCost.Cpu(server.EtcdPid);
        (TimeSpan half, TimeSpan all) = await bare.HandOverAllAsync();
        TimeSpan after = ProcessCost.Cpu(server.Pid) + ProcessCost.Cpu(server.EtcdPid);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{all.TotalSeconds:0.00} s ({half.TotalSeconds:0.00} s), of which API server and etcd computed "
                + $"{(after - before).TotalSeconds:0.0} s");
    }

    private static string Both<T>(int[] pids, Func<int, T> figure) => string.Join(" / ", pids.Select(figure));
}
