using LeaseElection.Hosting.ClusterTests.Electors;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;
using LeaseElection.Testing.Journal;
using static LeaseElection.Hosting.ClusterTests.Faults.FaultScene;

namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

/// <summary>A leader and a standby of one elector, and what comes of it when the leader's packets vanish.</summary>
internal sealed class CutTrial(Hub hub, RealApiServer server, string elector, CutOptions options)
{
    public const string Ours = "ours";
    public const string ClientGo = "client-go";

    /// <summary>
    /// Client-go with <c>ReleaseOnCancel</c>: it tries to give its lease up once it has lost it, too, and only then ends its work.
    /// </summary>
    public const string ClientGoRelease = "client-go-release";

    public const string Python = "python";

    /// <summary>Cuts once, at any phase between two renewals.</summary>
    public async Task<Cut> RunAsync()
    {
        ElectorTimings timings = options.Timings;
        await using Contest contest = await Contest.StartAsync(server);
        Wire wire = await hub.LayAsync();
        ElectorProcess leader = await JoinAsync(contest, wire);
        WorkSpan work = await contest.StartsAsync(leader.Identity);
        ElectorProcess standby = await JoinAsync(contest, await hub.LayAsync());
        await standby.SeesAsync(leader.Identity);

        // The standby counts from a renewal that it has seen: that is one since it is here.
        await contest.Lease.NextRenewalAsync();
        await PassAsync(timings.Lease / 5 * Random.Shared.NextDouble());
        await wire.CutAsync();
        long cut = WorkJournal.Now;
        (long In, long Out) before = await wire.CountSegmentsAsync();
        long renewed = await contest.Lease.RenewedAsync();

        if (options.Heal is { } heal)
        {
            await PassUntilAsync(cut, heal);
            await AssertSilentAsync(wire, before);
            await wire.HealAsync();

            // Until whoever leads has renewed, and a leader that did not would have stopped.
            await contest.Lease.NextRenewalAsync();
            await PassUntilAsync(cut, timings.Deadline);
        }
        else
        {
            await contest.StartsAsync(standby.Identity);
            await EndsAsync(contest, work, cut);
            await AssertSilentAsync(wire, before);
        }

        contest.Collect();
        IReadOnlyList<WorkSpan> spans = contest.Journal.Spans;
        return new Cut(
            elector, Between(renewed, cut), Since(cut, spans[0].End), Since(cut, spans.ElementAtOrDefault(1)?.Start));
    }

    /// <summary>
    /// That packets vanished, and that is all: something was sent and nothing came back. A refusal or a reset would be a packet, and would
    /// tell the leader at once what it is to find out by waiting.
    /// </summary>
    private static async Task AssertSilentAsync(Wire wire, (long In, long Out) before)
    {
        (long In, long Out) after = await wire.CountSegmentsAsync();
        if (after.In != before.In || after.Out <= before.Out)
            throw new InvalidOperationException(
                $"While cut, {after.In - before.In} segments came in and {after.Out - before.Out} were sent.");
    }

    /// <summary>Waits until work has ended, or for as long as nobody should take to see that his lease has run out: some do not.</summary>
    private Task EndsAsync(Contest contest, WorkSpan work, long cut) => Polling.UntilAsync(
        () =>
        {
            contest.Collect();
            return Task.FromResult(contest.Journal.Spans.Any(span => span.Token == work.Token && span.End is not null)
                || Between(cut, WorkJournal.Now) > options.Timings.Lease * 2);
        },
        Patience);

    /// <summary>Waits until so much time has passed since the cut.</summary>
    private static Task PassUntilAsync(long cut, TimeSpan time)
    {
        TimeSpan left = time - Between(cut, WorkJournal.Now);
        return left > TimeSpan.Zero ? PassAsync(left) : Task.CompletedTask;
    }

    private static TimeSpan? Since(long cut, long? at) => at is { } known ? Between(cut, known) : null;

    /// <summary>Starts a candidate at the far end of a wire.</summary>
    private Task<ElectorProcess> JoinAsync(Contest contest, Wire wire)
    {
        contest.Enter = wire.Enter;
        return elector == Ours
            ? contest.OurProcessAsync(options.Timings)
            : contest.TheirsAsync(elector == ClientGoRelease ? ClientGo : elector, options.Timings, release: elector == ClientGoRelease);
    }
}
