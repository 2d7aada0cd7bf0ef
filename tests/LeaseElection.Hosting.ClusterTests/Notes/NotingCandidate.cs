using System.Globalization;
using LeaseElection.Testing.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.ClusterTests.Notes;

/// <summary>
/// One of ours as a process that counts: each term goes on where the note of the term before says, notes each number, and prints it once
/// that is confirmed. Of itself it notes who it is, for as long as it leads.
/// </summary>
internal static class NotingCandidate
{
    public const string Command = "noting";

    public const string Count = "count";
    public const string Who = "who";

    public static async Task RunAsync(string[] arguments)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(arguments);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddLeaderElection().AddWork((_, term, stoppingToken) => WorkAsync(term, stoppingToken));
        await builder.Build().RunAsync();
    }

    private static async Task WorkAsync(LeadershipTerm term, CancellationToken stoppingToken)
    {
        Console.WriteLine(WorkJournal.StartLine(term));
        long count = long.Parse(term.Notes.GetValueOrDefault(Count, "0"), CultureInfo.InvariantCulture);
        Say("found", count, term);
        try
        {
            await term.WriteNoteAsync(Who, term.Identity, NoteLife.Term, CancellationToken.None);
            do
            {
                await NoteAsync(term, ++count);
            }
            while (!stoppingToken.IsCancellationRequested);
            await NoteAsync(term, ++count); // The last one, while work is being stopped and the lease is still held.
        }
        finally
        {
            Console.WriteLine(WorkJournal.EndLine(term));
        }
    }

    private static async Task NoteAsync(LeadershipTerm term, long count)
    {
        await term.WriteNoteAsync(Count, count.ToString(CultureInfo.InvariantCulture), CancellationToken.None);
        Say("confirmed", count, term);
    }

    private static void Say(string what, long count, LeadershipTerm term) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {count} {term.FencingToken}"));
}
