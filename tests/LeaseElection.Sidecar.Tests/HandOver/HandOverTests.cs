using LeaseElection.Sidecar.Tests.Processes;
using LeaseElection.Testing.ApiServer;
using Xunit.Abstractions;

namespace LeaseElection.Sidecar.Tests.HandOver;

/// <summary>The promise of the sidecar: one command at a time, whatever happens to those that run it.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class HandOverTests(ApiServerFixture fixture, ITestOutputHelper output) : SidecarTest
{
    private const int HandOvers = 50;

    [ApiServerFact]
    public async Task FiftyHandOvers_BySigtermSigkillStepDownAndOutage_ExactlyOneCommandAtATime()
    {
        await using var fleet = new SidecarFleet(fixture.Server, await fixture.Server.CreateNamespaceAsync(), Folder);
        for (int i = 0; i < 3; i++)
            await fleet.AddAsync();
        JournalLine leading = await fleet.StartAfterAsync(null);
        List<double> graceful = [];
        for (int i = 1; i <= HandOvers; i++)
        {
            (string what, Func<JournalLine, Task> act) = Choose(fleet, i);
            await act(leading);
            JournalLine next = await fleet.StartAfterAsync(leading);
            double gap = next.At - (
                fleet.Journal.Lines.FirstOrDefault(line => line.Kind == "end" && line.Token == leading.Token)?.At ?? next.At);
            output.WriteLine($"{i}: {what} of {leading.Identity}, {next.Identity} "
                + $"began{(gap > 0 ? $" {gap * 1000:0} ms after its command had ended" : "")}");
            if (what is "SIGTERM" or "step-down")
                graceful.Add(gap);
            leading = next;
        }

        Assert.Empty(fleet.Journal.Offences());
        Assert.InRange(fleet.Journal.Lines.Count(line => line.Kind == "start"), HandOvers + 1, int.MaxValue);

        // Who is told to go gives the lease up: nobody waits for it to run out.
        double median = graceful.Order().ElementAt(graceful.Count / 2);
        output.WriteLine($"graceful: {graceful.Count}, end of the command to the next start: median {median * 1000:0} ms, max "
            + $"{graceful.Max() * 1000:0} ms");
        Assert.InRange(median, 0, SidecarFleet.Ttl.TotalSeconds / 2);
    }

    /// <summary>Two outages, six kills, and the rest by turns.</summary>
    private static (string What, Func<JournalLine, Task> Act) Choose(SidecarFleet fleet, int number) => number switch
    {
        20 or 45 => ("outage", fleet.OutageAsync),
        _ when number % 8 == 0 => ("SIGKILL", fleet.KillAsync),
        _ when number % 2 == 0 => ("SIGTERM", fleet.TerminateAsync),
        _ => ("step-down", fleet.StepDownAsync),
    };
}
