using LeaseElection.Hosting.ClusterTests.Faults;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>Clocks that are wrong and times that are missing, beside other electors: nobody ever leads beside another.</summary>
[Collection(WaitingElectors.Name)]
public sealed class WrongTimesTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);

    private readonly Findings _findings = new(output);

    /// <summary>
    /// A predecessor that was ten minutes ahead has released in good order; or our leader was itself, until its clock was set right. Who
    /// went on from the stored time in microseconds would do so for ten minutes, and client-go, which sees whole seconds, takes a lease in
    /// which it sees no renewal.
    /// </summary>
    [ElectorTheory]
    [InlineData("predecessor's")]
    [InlineData("leader's own")]
    public Task Fault14_ClockWasTenMinutesAhead_OthersSeeOursRenewAllTheSame(string whose) => RepeatedRuns.AllAsync(async () =>
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        var ahead = new BentTimeProvider { Ahead = TenMinutes };
        TimeSpan stopsIn = RepeatedRuns.Timings.Lease / 5;
        OwnCandidate ours = await contest.OursAsync(RepeatedRuns.Timings.Apply, stopsIn, ahead);
        WorkSpan our = await contest.StartsAsync(ours.Identity);
        Assert.InRange(await contest.Lease.AheadAsync(), TenMinutes / 2, TenMinutes);
        if (whose == "leader's own")
        {
            ahead.Ahead = TimeSpan.Zero;
        }
        else
        {
            await ours.StopAsync();
            ours = await contest.OursAsync(RepeatedRuns.Timings.Apply, stopsIn);
            our = await contest.StartsAsync(ours.Identity);
        }

        List<ElectorProcess> standbys = [];
        foreach (string kind in RepeatedRuns.Kinds)
            standbys.Add(await contest.TheirsAsync(kind, RepeatedRuns.TimingsOf(kind)));
        foreach (ElectorProcess standby in standbys)
            await standby.SeesAsync(ours.Identity);
        TimeSpan time = RepeatedRuns.Kinds.Max(kind => RepeatedRuns.TimingsOf(kind).TakesWithin);
        await contest.LeadsOnAsync(our, time);
        await contest.Lease.NextRenewalAsync();
        contest.AssertSound();
        _findings.Tell(
            $"{whose} clock ten minutes ahead: none of {string.Join(", ", RepeatedRuns.Kinds)} takes the lease from ours",
            $"none in {time.TotalSeconds} s");
    });

    /// <summary>A holder that has not written one of the times, or neither, has its duration all the same, from when it was seen.</summary>
    [ElectorTheory]
    [InlineData("acquireTime")]
    [InlineData("renewTime")]
    [InlineData(null)]
    public Task Fault39_HeldWithoutATime_IsWaitedForByBoth(string? time) => RepeatedRuns.AllAsync(async () =>
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        TimeSpan lease = RepeatedRuns.Timings.Lease;
        string times = time is null ? "" : $", {time}: '{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.ffffffZ}'";
        await contest.Lease.ManifestAsync(
            "", $$"""{holderIdentity: somebody, leaseDurationSeconds: {{lease.TotalSeconds}}{{times}}}""", "create");

        // Somebody works for as long as the lease says, and then is dead.
        long written = WorkJournal.Now;
        long promised = written + (long)(lease.TotalSeconds * TimeProvider.System.TimestampFrequency);
        contest.Journal.Start("somebody", default, written);
        contest.Journal.End("somebody", default, promised);
        await contest.OursAsync(RepeatedRuns.Timings.Apply);
        await contest.ClientGoAsync(RepeatedRuns.Timings);

        WorkSpan next = await contest.SpanAsync(span => span.Identity != "somebody", "a leader after somebody");
        contest.AssertSound();
        _findings.Within(
            lease,
            TimeProvider.System.GetElapsedTime(written, next.Start),
            lease + RepeatedRuns.Timings.SlowestPoll + Findings.Slack,
            $"lease held {(time is null ? "without times" : $"with {time} only")}: written to start of {next.Identity}");
    });

    /// <summary>
    /// Nobody compares the times of the lease with a clock, so it does not matter how far clocks are apart, or which way.
    /// </summary>
    [ElectorTheory]
    [InlineData("client-go", 10)]
    [InlineData("client-go", -10)]
    [InlineData("kubernetes-client", 10)]
    [InlineData("kubernetes-client", -10)]
    public async Task Fault14_OurClockIsTenMinutesOff_BothWaysOfHandOverAreAsEver(string kind, int minutes)
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        var off = new BentTimeProvider { Ahead = TimeSpan.FromMinutes(minutes) };
        var timings = ElectorTimings.Of(kind);
        OwnCandidate ours = await contest.OursAsync(timings.Apply, time: off);
        WorkSpan our = await contest.StartsAsync(ours.Identity);
        Assert.Equal(minutes, (await contest.Lease.AheadAsync()).TotalMinutes, tolerance: 1);
        ElectorProcess theirs = await contest.TheirsAsync(kind, timings, release: false);
        await theirs.SeesAsync(ours.Identity);
        await contest.LeadsOnAsync(our, timings.TakesWithin);

        await ours.StopAsync();
        WorkSpan their = await contest.StartsAsync(theirs.Identity);
        _findings.Within(
            TimeSpan.Zero,
            (await contest.EndsAsync(our)).Until(their),
            timings.SlowestPoll + Findings.Slack,
            $"{kind}, our clock off by {minutes} min: end of our work to start of its");
        ours = await contest.OursAsync(timings.Apply, time: off);
        await ours.SeesAsync(theirs.Identity);

        await theirs.KillAsync(contest.Journal);
        long renewed = await contest.Lease.RenewedAsync();
        our = await contest.StartsAsync(ours.Identity);
        _findings.Within(
            timings.Lease,
            TimeProvider.System.GetElapsedTime(renewed, our.Start),
            timings.Lease + Findings.Slack,
            $"{kind}, our clock off by {minutes} min: its last renewal to start of our work");
        Assert.Equal(3, contest.AssertSound().Terms);
        Assert.Equal(2, await contest.Lease.TransitionsAsync());
    }
}
