using System.Globalization;
using LeaseElection.Testing.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.ClusterTests.Partitions;

/// <summary>
/// A replica with partitioned work as a process of its own, configured by its command line. The work of each partition acts every few
/// milliseconds as long as it is sure to own it, and writes a journal whose lines begin with the partition.
/// </summary>
internal static class PartitionProgram
{
    public const string Command = "partitions";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    private static readonly Lock Gate = new();

    public static Task RunAsync(string[] args)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.AddLeaderElection().AddPartitionedWork((_, partition, term, token) => WorkAsync(partition, term, token));
        return builder.Build().RunAsync();
    }

    private static async Task WorkAsync(Partition partition, LeadershipTerm term, CancellationToken stoppingToken)
    {
        Write(partition, WorkJournal.StartLine(term));
        while (!stoppingToken.IsCancellationRequested)
        {
            long now = WorkJournal.Now; // Before the look: a process that is stopped after it acts on what it saw then.
            if (term.IsHeld)
                Write(partition, WorkJournal.ActLine(term, now));
            await Task.Delay(Pace, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Write(partition, WorkJournal.EndLine(term));
    }

    private static void Write(Partition partition, string line)
    {
        lock (Gate)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{partition.Index} {line}"));
    }
}
