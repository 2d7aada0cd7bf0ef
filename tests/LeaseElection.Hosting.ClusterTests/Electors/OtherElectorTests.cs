using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>The electors of others and we on one lease: who waits for whom, and for how long.</summary>
[Collection(WaitingElectors.Name)]
public sealed class OtherElectorTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private readonly Findings _findings = new(output);

    [ElectorFact]
    public async Task Fault39_ClientGoReleases_OursTakesOverAtOnce()
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        var timings = new ElectorTimings(15, 10, 2);
        var poll = TimeSpan.FromSeconds(6);
        ElectorProcess theirs = await contest.ClientGoAsync(timings);
        WorkSpan their = await contest.StartsAsync(theirs.Identity);
        OwnCandidate ours = await contest.OursAsync(options => options.RetryPeriod = poll);
        await ours.SeesAsync(theirs.Identity);

        // Not while it renews: it would give its release a version that its own renewal has just replaced, and the server refuse it.
        await theirs.WritesAsync();
        Assert.Contains("left released", await theirs.TerminateAsync());
        WorkSpan our = await contest.StartsAsync(ours.Identity);

        // Far less than anybody's duration, and than our own period of polling, which is what it costs without a watch.
        _findings.Within(
            TimeSpan.Zero, (await contest.EndsAsync(their)).Until(our), poll / 3, "end of its work to start of ours");
        contest.AssertSound();
        Assert.Equal(1, await contest.Lease.TransitionsAsync());
    }

    /// <summary>Also where our own duration is another one: it is the holder that promised to stop within its own.</summary>
    [ElectorTheory]
    [InlineData("client-go", 6, 2, true)]
    [InlineData("client-go", 4, 15, true)]
    [InlineData("client-go", 4, 4, false)]
    [InlineData("kubernetes-client", 4, 2, true)]
    [InlineData("kubernetes-client", 4, 15, false)]
    [InlineData("python", 5, 2, false)]
    public async Task Fault39_TheyGoWithoutReleasing_OursWaitsForTheDurationOfTheirRecord(
        string kind, int theirSeconds, int ourSeconds, bool killed)
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        ElectorProcess theirs = await contest.TheirsAsync(
            kind, ElectorTimings.Of(kind) with { LeaseSeconds = theirSeconds }, release: false);
        await contest.StartsAsync(theirs.Identity);
        OwnCandidate ours = await contest.OursAsync(new ElectorTimings(ourSeconds, ourSeconds / 2.0, 0.5).Apply);
        await ours.SeesAsync(theirs.Identity);

        if (killed)
            await theirs.KillAsync(contest.Journal);
        else
            Assert.Contains("left held", await theirs.TerminateAsync());
        long renewed = await contest.Lease.RenewedAsync();
        WorkSpan our = await contest.StartsAsync(ours.Identity);
        var duration = TimeSpan.FromSeconds(theirSeconds);
        _findings.Within(
            duration,
            TimeProvider.System.GetElapsedTime(renewed, our.Start),
            duration + Findings.Slack,
            $"{kind}: its last renewal to start of our work");
        contest.AssertSound();
        Assert.Equal(1, await contest.Lease.TransitionsAsync());
    }

    [ElectorTheory]
    [InlineData("client-go")]
    [InlineData("kubernetes-client")]
    [InlineData("python")]
    public async Task Fault39_OursStops_TheyTakeOverWithTheirNextLook(string kind)
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        OwnCandidate ours = await contest.OursAsync(_ => { });
        WorkSpan our = await contest.StartsAsync(ours.Identity);
        var timings = ElectorTimings.Of(kind);
        ElectorProcess theirs = await contest.TheirsAsync(kind, timings);
        await theirs.SeesAsync(ours.Identity);

        await ours.StopAsync();
        WorkSpan their = await contest.StartsAsync(theirs.Identity);
        _findings.Within(
            TimeSpan.Zero,
            (await contest.EndsAsync(our)).Until(their),
            timings.SlowestPoll + Findings.Slack,
            $"{kind}: end of our work to start of its");
        contest.AssertSound();
        Assert.Equal(1, await contest.Lease.TransitionsAsync());
    }

    /// <summary>
    /// Today's electors count our duration, client-go of old counts its own: from when they first saw our last times, of which client-go
    /// sees whole seconds.
    /// </summary>
    [ElectorTheory]
    [InlineData("client-go", 3)]
    [InlineData("client-go-0.20", 5)]
    [InlineData("kubernetes-client", 3)]
    public async Task Fault39_OursIsKilled_TheyTakeOverAfterTheDurationThatTheyCount(string kind, int counted)
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        ElectorProcess ours = await contest.OurProcessAsync(new ElectorTimings(3, 2, 0.5));
        await contest.StartsAsync(ours.Identity);
        ElectorTimings timings = ElectorTimings.ClientGo with { LeaseSeconds = 5 };
        ElectorProcess theirs = await contest.TheirsAsync(kind, timings);
        await theirs.SeesAsync(ours.Identity);

        await ours.KillAsync(contest.Journal);
        long renewed = await contest.Lease.RenewedAsync();
        WorkSpan their = await contest.StartsAsync(theirs.Identity);
        var duration = TimeSpan.FromSeconds(counted);
        _findings.Within(
            duration - TimeSpan.FromSeconds(1),
            TimeProvider.System.GetElapsedTime(renewed, their.Start),
            duration + (timings.SlowestPoll * 2) + Findings.Slack,
            $"{kind}: our last renewal to start of its work");
        contest.AssertSound();
        Assert.Equal(1, await contest.Lease.TransitionsAsync());
    }

    /// <summary>
    /// The leader cannot renew, its work is slow to stop, and the one who is to follow is not of ours: our deadline alone keeps the two
    /// apart. Client-go sees renewals by whole seconds, so ours are a second apart, as they are by default from five seconds on.
    /// </summary>
    [ElectorTheory]
    [InlineData("client-go")]
    [InlineData("kubernetes-client")]
    public async Task Fault39_OursMayNotRenewAnyMore_SlowWorkHasEndedBeforeTheyStart(string kind)
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        var timings = new ElectorTimings(8, 3, 0.5);
        var stopsIn = TimeSpan.FromSeconds(2.5);
        OwnCandidate ours = await contest.OursAsync(timings.Apply, stopsIn);
        WorkSpan our = await contest.StartsAsync(ours.Identity);
        ElectorProcess theirs = await contest.TheirsAsync(kind, ElectorTimings.ClientGo with { LeaseSeconds = timings.LeaseSeconds });
        await theirs.SeesAsync(ours.Identity);

        await contest.RevokeOursAsync();
        long renewed = await contest.Lease.RenewedAsync();
        our = await contest.EndsAsync(our);
        WorkSpan their = await contest.StartsAsync(theirs.Identity);
        _findings.Within(
            stopsIn,
            TimeProvider.System.GetElapsedTime(renewed, our.End!.Value),
            timings.Lease,
            $"{kind}: our last renewal to end of our work, which takes 2.5 s to stop");
        _findings.Within(TimeSpan.Zero, our.Until(their), timings.Lease + Findings.Slack, $"{kind}: end of our work to start of its");
        contest.AssertSound();
    }

    /// <summary>
    /// Client-go's leader makes a deleted lease again, or takes one back that somebody cleared, with its next renewal, and works on
    /// meanwhile. Its own standbys would take the lease from under it.
    /// </summary>
    [ElectorTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fault24_LeaseOfAClientGoLeaderDeletedOrClearedByHand_OursLetsItGoOn(bool delete)
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        ElectorProcess theirs = await contest.ClientGoAsync(ElectorTimings.ClientGo);
        await contest.StartsAsync(theirs.Identity);
        OwnCandidate ours = await contest.OursAsync(new ElectorTimings(2, 1, 0.5).Apply);
        await ours.SeesAsync(theirs.Identity);

        // Right after a renewal: for most of its period the lease is nobody's.
        await contest.Lease.NextRenewalAsync();
        await (
            delete ? contest.Lease.KubectlAsync(
                "delete", "lease", Contest.LeaseName) : contest.Lease.PatchSpecAsync("""{"holderIdentity":""}"""));
        await ours.Host.Logs.WaitForAsync("HolderGone"); // A status may have come and gone by the time that somebody looks.
        await ours.SeesAsync(theirs.Identity);
        Assert.Equal(1, contest.AssertSound().Terms);
        Assert.Equal(delete ? 0 : 1, await contest.Lease.TransitionsAsync());
    }

    [ElectorFact]
    public async Task Fault39_HolderEmptyOrNull_IsTakenByBothAndCounted()
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        await contest.Lease.ManifestAsync("", "{holderIdentity: null, leaseTransitions: 41}", "apply");
        ElectorProcess first = await contest.ClientGoAsync(ElectorTimings.ClientGo);
        await contest.StartsAsync(first.Identity);
        Assert.Equal(42, await contest.Lease.TransitionsAsync());
        await first.TerminateAsync();
        await contest.Lease.PatchSpecAsync("""{"holderIdentity":null}""");

        OwnCandidate ours = await contest.OursAsync(_ => { });
        await contest.StartsAsync(ours.Identity);
        Assert.Equal(43, await contest.Lease.TransitionsAsync());
        await ours.StopAsync();
        Assert.Equal("", (await contest.Lease.GetAsync())["spec"]!["holderIdentity"]!.GetValue<string>());

        ElectorProcess second = await contest.ClientGoAsync(ElectorTimings.ClientGo);
        await contest.StartsAsync(second.Identity);
        Assert.Equal(44, await contest.Lease.TransitionsAsync());
        contest.AssertSound();
    }
}
