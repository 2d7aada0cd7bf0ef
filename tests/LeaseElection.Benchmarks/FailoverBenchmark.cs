using System.Globalization;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Benchmarks;

/// <summary>How long nobody leads when a leader is asked to stop, and when it is killed; and what the API server does meanwhile.</summary>
internal static class FailoverBenchmark
{
    public static async Task RunAsync(FailoverOptions options)
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        foreach (string way in options.Ways)
            await RunAsync(server, options, way);
    }

    private static async Task RunAsync(RealApiServer server, FailoverOptions options, string way)
    {
        using ReplicaSet replicas = await ReplicaSet.StartAsync(server, options, way: way);
        Console.WriteLine(
            $"{options.Replicas} replicas, {options.Lease}/{options.Deadline}/{options.Retry} s, {server.Url}, connection: {way}");
        if (options.Idle > 0)
            await MeasureIdleAsync(server, options.Idle);
        await MeasureTerminationAsync(replicas, options.Trials);
        await MeasureKillAsync(replicas, options.Kills, TimeSpan.FromSeconds(options.Lease));
    }

    private static async Task MeasureIdleAsync(RealApiServer server, int seconds)
    {
        IReadOnlyDictionary<string, double> before = await server.CountLeaseRequestsAsync();
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, CancellationToken.None);
        IReadOnlyDictionary<string, double> after = await server.CountLeaseRequestsAsync();
        var byVerb = after.Select(
            verb => (Verb: verb.Key, Count: verb.Value - before.GetValueOrDefault(verb.Key))).Where(verb => verb.Count > 0);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"idle for {seconds} s: {byVerb.Sum(verb => verb.Count) / seconds:0.000} requests/s "
            + $"({string.Join(", ", byVerb.Select(verb => $"{verb.Verb} {verb.Count}"))})"));
    }

    private static async Task MeasureTerminationAsync(ReplicaSet replicas, int trials)
    {
        List<TimeSpan> fromSignal = [];
        List<TimeSpan> fromEnd = [];
        for (int i = 0; i < trials; i++)
        {
            await replicas.DriftAsync();
            DateTimeOffset signalled = TimeProvider.System.GetUtcNow();
            replicas.Leader.Terminate();
            Journal stopped = await replicas.NextAsync(Journal.Stopped);
            Journal started = await replicas.NextAsync(Journal.Started);
            fromSignal.Add(started.At - signalled);
            fromEnd.Add(started.At - stopped.At);
            await replicas.HandedOverAsync(started.Subject);
        }

        Figures.Print("SIGTERM: signal to next start", fromSignal);
        Figures.Print("SIGTERM: end of work to next start", fromEnd);
    }

    private static async Task MeasureKillAsync(ReplicaSet replicas, int trials, TimeSpan leaseDuration)
    {
        List<TimeSpan> fromSignal = [];
        List<TimeSpan> fromLeaseEnd = [];
        for (int i = 0; i < trials; i++)
        {
            await replicas.DriftAsync();
            DateTimeOffset signalled = TimeProvider.System.GetUtcNow();
            replicas.Leader.Kill();
            DateTimeOffset leaseEnd = await replicas.RenewTimeAsync() + leaseDuration;
            Journal started = await replicas.NextAsync(Journal.Started);
            fromSignal.Add(started.At - signalled);
            fromLeaseEnd.Add(started.At - leaseEnd);
            await replicas.HandedOverAsync(started.Subject);
        }

        Figures.Print("SIGKILL: signal to next start", fromSignal);
        Figures.Print("SIGKILL: last renewTime + lease to next start", fromLeaseEnd);
    }
}
