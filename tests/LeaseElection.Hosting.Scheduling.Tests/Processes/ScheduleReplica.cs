using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Scheduling.Processes;

/// <summary>
/// A replica as a process of its own with something to do every second, configured by its command line. It writes a line for each run, and
/// one when it has seen who leads.
/// </summary>
internal static class ScheduleReplica
{
    public const string Command = "schedule-replica";

    public static async Task RunAsync(string[] args)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddLeaderElection().AddScheduledWork("every-second", "* * * * * *", (_, run, _) =>
        {
            long late = (TimeProvider.System.GetUtcNow() - run.DueAt).Ticks;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"ran {run.DueAt.ToUnixTimeSeconds()} {late} {run.Missed} {run.PreviousDueAt?.ToUnixTimeSeconds() ?? 0}"));
            return Task.CompletedTask;
        });
        using IHost host = builder.Build();
        await host.StartAsync();
        Task stopped = host.WaitForShutdownAsync();
        await foreach (LeaderElectionStatus status in host.Services.GetRequiredService<ILeaderElection>().WatchAsync())
        {
            if (status.HolderIdentity is { Length: > 0 } holder)
                Console.WriteLine($"sees {holder}");
        }

        await stopped;
    }
}
