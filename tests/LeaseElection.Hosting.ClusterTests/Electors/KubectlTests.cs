using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;
using LeaseElection.Testing.Journal;
using LeaseElection.Testing.Logging;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>Somebody at a keyboard: what kubectl does to a lease of ours.</summary>
[Collection(WaitingProcesses.Name)]
public sealed class KubectlTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private static readonly ElectorTimings Timings = new(3, 2, 0.5);

    /// <summary>For what is edited before the lease of a dead leader runs out: on a busy machine one kubectl may take a second.</summary>
    private static readonly ElectorTimings Long = new(7, 2, 0.5);

    private readonly Findings _findings = new(output);

    /// <summary>The name in the lease is somebody else's now: our work ends at once, and we wait for as long as that record says.</summary>
    [ElectorTheory]
    [InlineData("patch")]
    [InlineData("replace")]
    [InlineData("apply")]
    [InlineData("server-side apply")]
    public async Task Fault39_HolderEdited_OursStopsAtOnceAndWaitsForThatHolder(string how)
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        OwnCandidate ours = await contest.OursAsync(Timings.Apply);
        WorkSpan first = await contest.StartsAsync(ours.Identity);
        const string Spec =
            """{holderIdentity: somebody, leaseDurationSeconds: 2, acquireTime: "2020-01-01T00:00:00.000000Z", renewTime: "2020-01-01T00:00:00.000000Z"}""";

        long asked = WorkJournal.Now;
        await (how switch
        {
            "patch" => contest.Lease.PatchSpecAsync("""{"holderIdentity":"somebody","leaseDurationSeconds":2}"""),
            "replace" => contest.Lease.ManifestAsync("", Spec, "replace"),
            "apply" => contest.Lease.ManifestAsync("", Spec, "apply"),
            _ => contest.Lease.ManifestAsync("", Spec, "apply", "--server-side", "--force-conflicts"),
        });
        long edited = WorkJournal.Now;
        first = await contest.EndsAsync(first);
        WorkSpan second = await contest.StartsAsync(ours.Identity, after: first);

        // kubectl still has to end when the server has told us already.
        TimeSpan told = TimeProvider.System.GetElapsedTime(edited, first.End!.Value);
        _findings.Within(
            TimeProvider.System.GetElapsedTime(edited, asked), told, Timings.Deadline, $"{how} of the holder to end of our work");
        Assert.Contains("OtherHolder", (await ours.Host.Logs.WaitForAsync("LeadershipLost")).Message, StringComparison.Ordinal);
        _findings.Within(
            TimeSpan.FromSeconds(2),
            TimeProvider.System.GetElapsedTime(asked, second.Start),
            TimeProvider.System.GetElapsedTime(asked, edited) + Timings.Lease + Findings.Slack,
            $"{how} of the holder to start of our next work");
        contest.AssertSound();
    }

    [ElectorFact]
    public async Task Fault22_LeaseDeleted_LeaderHasStoppedBeforeTheNextTerm()
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        OwnCandidate leader = await contest.OursAsync(Timings.Apply);
        WorkSpan first = await contest.StartsAsync(leader.Identity);
        OwnCandidate standby = await contest.OursAsync(Timings.Apply);
        await standby.SeesAsync(leader.Identity);

        await contest.Lease.KubectlAsync("delete", "lease", Contest.LeaseName);
        WorkSpan next = await contest.SpanAsync(span => span.Token > first.Token, "a leader of the new lease");
        Assert.Contains("LeaseDeleted", (await leader.Host.Logs.WaitForAsync("LeadershipLost")).Message, StringComparison.Ordinal);
        WorkReport report = contest.AssertSound();
        _findings.Within(
            TimeSpan.Zero, report.LongestGap, Timings.Lease + Findings.Slack, $"lease deleted, no overlap: time without a leader");
        Assert.Equal(0, await contest.Lease.TransitionsAsync());
        Assert.Equal(next.Identity, (await contest.Lease.GetAsync())["spec"]!["holderIdentity"]!.GetValue<string>());
    }

    /// <summary>Client-go's standbys take a deleted lease at once. Nobody knows why the leader is silent, so ours wait for it.</summary>
    [ElectorFact]
    public async Task Fault22_LeaseOfASilentLeaderDeleted_StandbyWaitsForItAllTheSame()
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        ElectorProcess leader = await contest.OurProcessAsync(Long);
        await contest.StartsAsync(leader.Identity);
        OwnCandidate standby = await contest.OursAsync(Long.Apply);
        await standby.SeesAsync(leader.Identity);

        await leader.KillAsync(contest.Journal);
        long renewed = await contest.Lease.RenewedAsync();
        await contest.Lease.KubectlAsync("delete", "lease", Contest.LeaseName);
        WorkSpan next = await contest.StartsAsync(standby.Identity);
        _findings.Within(
            Long.Lease,
            TimeProvider.System.GetElapsedTime(renewed, next.Start),
            Long.Lease + Findings.Slack,
            "lease of a dead leader deleted: its last renewal to start of the next");
        contest.AssertSound();
    }

    [ElectorFact]
    public async Task Fault25_LabelsAndAnnotationsOfADeadLeadersLeaseEdited_DoNotKeepItAlive()
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        ElectorProcess leader = await contest.OurProcessAsync(Long);
        WorkSpan dead = await contest.StartsAsync(leader.Identity);
        OwnCandidate standby = await contest.OursAsync(Long.Apply);
        await standby.SeesAsync(leader.Identity);

        await leader.KillAsync(contest.Journal);
        int edits = 0;
        while (standby.Host.Election.Status.State != LeaderElectionState.Leading)
        {
            string value = $"edit={edits++}";
            await contest.Lease.KubectlAsync("label", "--overwrite", "lease", Contest.LeaseName, value);
            await contest.Lease.KubectlAsync("annotate", "--overwrite", "lease", Contest.LeaseName, value);
            TimeSpan waited = TimeProvider.System.GetElapsedTime((await contest.EndsAsync(dead)).End!.Value);
            Assert.True(waited < Long.Lease + (Findings.Slack * 2), $"not taken over for {waited} in spite of {edits} edits");
        }

        WorkSpan next = await contest.StartsAsync(standby.Identity);
        Assert.True(edits > 1, "the edits came too slowly to show anything"); // One in the middle would have doubled half of the lease.
        dead = await contest.EndsAsync(dead);
        _findings.Within(
            TimeSpan.Zero, dead.Until(next), Long.Lease + Findings.Slack, $"kill to start of the next in spite of {edits} edits");
        contest.AssertSound();
    }

    /// <summary>A duration edited on a dead leader's lease: longer is waited for, shorter is not believed.</summary>
    [ElectorTheory]
    [InlineData(9, 9)]
    [InlineData(1, 7)]
    public async Task Fault39_DurationOfADeadLeadersLeaseEdited_IsWaitedForIfLonger(int seconds, int waits)
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        ElectorProcess leader = await contest.OurProcessAsync(Long);
        WorkSpan dead = await contest.StartsAsync(leader.Identity);
        OwnCandidate standby = await contest.OursAsync(Long.Apply);
        await standby.SeesAsync(leader.Identity);

        await leader.KillAsync(contest.Journal);
        long renewed = await contest.Lease.RenewedAsync();
        await contest.Lease.PatchSpecAsync($$"""{"leaseDurationSeconds":{{seconds}}}""");
        TimeSpan edited = TimeProvider.System.GetElapsedTime(renewed, WorkJournal.Now); // A longer one counts from when it was seen.
        dead = await contest.EndsAsync(dead);
        WorkSpan next = await contest.StartsAsync(standby.Identity);
        TimeSpan waited = TimeProvider.System.GetElapsedTime(renewed, next.Start);
        var least = TimeSpan.FromSeconds(waits);
        _findings.Within(
            least, waited, edited + least + Findings.Slack,
            $"last renewal to start of the next, {seconds} s edited into {Long.LeaseSeconds} s");
        Assert.True(dead.Until(next) > TimeSpan.Zero);
    }

    /// <summary>
    /// An edit of our own record under our name is a foreign hand: the term ends at once, and the next one begins by our own write.
    /// </summary>
    [ElectorFact]
    public async Task Fault24_DurationEditedUnderALeader_EndsTheTermAndNothingOverlaps()
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        OwnCandidate ours = await contest.OursAsync(Timings.Apply);
        WorkSpan first = await contest.StartsAsync(ours.Identity);
        OwnCandidate standby = await contest.OursAsync(Timings.Apply);
        await standby.SeesAsync(ours.Identity);

        await contest.Lease.PatchSpecAsync("""{"leaseDurationSeconds":1}""");
        await contest.EndsAsync(first);
        LogEntry lost = await ours.Host.Logs.WaitForAsync("LeadershipLost");
        Assert.Contains("IdentityInUse", lost.Message, StringComparison.Ordinal);
        await contest.SpanAsync(span => span.Token > first.Token, "the next leader");
        WorkReport report = contest.AssertSound();
        _findings.Within(
            TimeSpan.Zero, report.LongestGap, Timings.Lease + Findings.Slack, "duration patched under a leader: time without one");
    }
}
