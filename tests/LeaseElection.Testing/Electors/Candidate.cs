using LeaseElection.Hosting;
using LeaseElection.Testing.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Testing.Electors;

/// <summary>
/// One of ours as a process that can be killed, configured by its command line; <c>Program.cs</c> runs it. It prints the same lines as
/// <c>tests/electors/client-go/main.go</c>.
/// </summary>
internal static class Candidate
{
    /// <summary>The first argument.</summary>
    public const string Command = "candidate";

    public static async Task RunAsync(string[] arguments)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(arguments);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddLeaderElection().AddWork(async (_, term, stoppingToken) =>
        {
            Console.WriteLine(WorkJournal.StartLine(term));
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (stoppingToken.Register(stopped.SetResult))
                await stopped.Task;
            Console.WriteLine(WorkJournal.EndLine(term));
        });
        using IHost host = builder.Build();
        ILeaderElection election = host.Services.GetRequiredService<ILeaderElection>();
        await host.StartAsync();
        _ = SayWhoLeadsAsync(election, host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        await host.WaitForShutdownAsync();
    }

    private static async Task SayWhoLeadsAsync(ILeaderElection election, CancellationToken stoppingToken)
    {
        string? seen = null;
        await foreach (LeaderElectionStatus status in election.WatchAsync(stoppingToken))
        {
            if (status.HolderIdentity is { } holder && holder != seen)
                Console.WriteLine($"sees {seen = holder}");
        }
    }
}
