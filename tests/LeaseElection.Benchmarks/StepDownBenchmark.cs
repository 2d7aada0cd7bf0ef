using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Benchmarks;

/// <summary>How long nobody works when a leader is asked over HTTP to step down.</summary>
internal static class StepDownBenchmark
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- stepdown [options]

        Starts web apps as processes against a real API server, has each leader in turn step down by POST, and measures how long it
        takes until the next one works. Options: --replicas, --trials, --lease, --deadline, --retry, --settle, as for failover.
        """;

    public static async Task RunAsync(FailoverOptions options)
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        using ReplicaSet replicas = await ReplicaSet.StartAsync(server, options, Replica.WebCommand);
        Console.WriteLine($"{options.Replicas} web apps, {options.Lease}/{options.Deadline}/{options.Retry} s, {server.Url}");
        using var client = new HttpClient();
        List<TimeSpan> toStart = [];
        List<TimeSpan> toAnswer = [];
        for (int i = 0; i < options.Trials; i++)
        {
            await replicas.DriftAsync();
            var address = new Uri(replicas.Leader.Address, "/leader-election/default/step-down");
            DateTimeOffset posted = TimeProvider.System.GetUtcNow();
            using HttpResponseMessage answer = await client.PostAsync(address, content: null);
            toAnswer.Add(TimeProvider.System.GetUtcNow() - posted);
            answer.EnsureSuccessStatusCode();
            Journal started = await replicas.NextAsync(Journal.Started);
            toStart.Add(started.At - posted);
            await replicas.SteppedDownAsync(started.Subject);
        }

        Figures.Print("POST to next start", toStart);
        Figures.Print("POST to its answer", toAnswer);
    }
}
