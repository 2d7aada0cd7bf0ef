using System.Globalization;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.ClusterTests.Electors;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Notes;

/// <summary>Notes on a real API server, with other hands on the lease.</summary>
[Collection(WaitingProcesses.Name)]
public sealed class NotesOnTheServerTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Who takes over, renews and releases by electors of others: they keep what ours have noted, and what they leave is not shown.
    /// </summary>
    [ElectorTheory]
    [InlineData("client-go")]
    [InlineData("client-go-0.20")]
    [InlineData("kubernetes-client")]
    [InlineData("python")]
    public async Task OtherElectorBetween_NotesOfTheLeaseStay_ThoseOfTheTermAreNotShown(string kind)
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        OwnCandidate first = await contest.OursAsync(options => options.ReleaseOnStop = false);
        await contest.StartsAsync(first.Identity);
        LeadershipTerm term = first.Host.Election.Term!;
        await term.WriteNoteAsync("batch", "41").WaitAsync(Patience);
        await term.WriteNoteAsync("endpoint", "http://10.0.0.7", NoteLife.Term).WaitAsync(Patience);
        OwnCandidate standby = await contest.OursAsync(new ElectorTimings(60, 40, 0.5).Apply);
        await standby.Host.UntilAsync(status => status.Notes.Count == 2);
        await contest.Lease.PatchSpecAsync("""{"holderIdentity":"somebody","leaseDurationSeconds":6}""");
        await standby.Host.UntilAsync(status => status is { HolderIdentity: "somebody", Notes.Count: 1 });
        await standby.StopAsync();
        await first.StopAsync();

        ElectorProcess theirs = await contest.TheirsAsync(kind, ElectorTimings.Of(kind));
        WorkSpan their = await contest.StartsAsync(theirs.Identity);
        await contest.Lease.NextRenewalAsync();
        OwnCandidate next = await contest.OursAsync(ElectorTimings.Of(kind).Apply);
        LeaderElectionStatus seen = await next.SeesAsync(theirs.Identity);
        Assert.Equal("41", Assert.Single(seen.Notes).Value);
        Assert.Contains("term.leaseelection.dev/endpoint", (await AnnotationsAsync(contest)).Select(annotation => annotation.Key));

        // Not while it renews: it would give its release a version that its own renewal has just replaced, and the server refuse it.
        bool releases = kind.StartsWith("client-go", StringComparison.Ordinal);
        if (releases)
            await theirs.WritesAsync();
        await theirs.TerminateAsync();

        WorkSpan our = await contest.StartsAsync(next.Identity);
        Assert.True(our.Token > their.Token);

        // Of those who never release, the end looks like a crash, and is counted by the one note of a term that the next one writes.
        string[] counted = releases ? [] : ["takeovers-without-release"];
        IReadOnlyDictionary<string, string> notes = next.Host.Election.Term!.Notes;
        Assert.Equal("41", notes["batch"]);
        Assert.Equal(["batch", .. counted], notes.Keys);
        Assert.Equal(
            ["note.leaseelection.dev/batch", .. counted.Select(key => $"term.leaseelection.dev/{key}")],
            (await AnnotationsAsync(contest)).Select(annotation => annotation.Key));
    }

    /// <summary>Whoever edits notes under a leader costs it nothing, and has the last word.</summary>
    [ApiServerFact]
    public async Task KubectlEditsNotes_LeaderGoesOn_AndPutsNothingBack()
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        OwnCandidate ours = await contest.OursAsync(new ElectorTimings(6, 4, 0.5).Apply);
        WorkSpan work = await contest.StartsAsync(ours.Identity);
        LeadershipTerm term = ours.Host.Election.Term!;
        await term.WriteNoteAsync("batch", "41").WaitAsync(Patience);

        await contest.Lease.KubectlAsync(
            "annotate", "--overwrite", "lease", Contest.LeaseName, "note.leaseelection.dev/batch=7",
            "note.leaseelection.dev/paused-by=alice", "example.com/owner=payments");
        await ours.Host.UntilAsync(status => status.Notes.GetValueOrDefault("batch") == "7");
        await contest.Lease.NextRenewalAsync();
        await term.WriteNoteAsync("other", "1").WaitAsync(Patience);
        Assert.Equal(["batch=7", "other=1", "paused-by=alice"], term.Notes.Select(note => $"{note.Key}={note.Value}"));
        Assert.Contains("example.com/owner", (await AnnotationsAsync(contest)).Select(annotation => annotation.Key));

        await contest.Lease.KubectlAsync("annotate", "lease", Contest.LeaseName, "note.leaseelection.dev/batch-");
        await ours.Host.UntilAsync(status => !status.Notes.ContainsKey("batch"));
        await term.WriteNoteAsync("batch", "42").WaitAsync(Patience);

        Assert.Equal("42", term.Notes["batch"]);
        Assert.True(term.IsHeld);
        Assert.DoesNotContain(ours.Host.Warnings, entry => entry.Id.Name != "FixedIdentity"); // Which this test has set.
        await contest.LeadsOnAsync(work, TimeSpan.Zero);
    }

    [ApiServerFact]
    public async Task LeaderThatHasLost_NoteIsRefused_AndNotOnTheLease()
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        OwnCandidate ours = await contest.OursAsync(_ => { });
        await contest.StartsAsync(ours.Identity);
        LeadershipTerm term = ours.Host.Election.Term!;

        await contest.Lease.PatchSpecAsync("""{"holderIdentity":"somebody","leaseDurationSeconds":60}""");
        await Assert.ThrowsAsync<LeadershipLostException>(() => term.WriteNoteAsync("batch", "41").WaitAsync(Patience));

        Assert.Empty(await AnnotationsAsync(contest));
    }

    /// <summary>What the API server counts, and no client can get wrong: updates of leases, by all who renew any.</summary>
    [ApiServerFact]
    public async Task TenThousandNotes_CostTwoRequestsASecondAtMost()
    {
        const int Notes = 10_000;
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        OwnCandidate ours = await contest.OursAsync(_ => { });
        await contest.StartsAsync(ours.Identity);
        LeadershipTerm term = ours.Host.Election.Term!;
        (double reads, double updates) before = await RequestsAsync();
        long began = TimeProvider.System.GetTimestamp();

        Task[] written = new Task[Notes];
        for (int i = 0; i < Notes; i++)
        {
            written[i] = term.WriteNoteAsync($"part-{i % 100}", i.ToString(CultureInfo.InvariantCulture), CancellationToken.None);
            if (i % 100 == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        await Task.WhenAll(written).WaitAsync(Patience);
        double took = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        (double reads, double updates) after = await RequestsAsync();
        double sent = after.updates - before.updates;

        Assert.Equal(100, term.Notes.Count);
        Assert.Equal("9999", term.Notes["part-99"]);
        Assert.InRange(sent, 1, (took * 2) + 2); // One at once, and the renewals that others are due for meanwhile.
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Notes} notes in {took:0.0} s: {sent} updates ({sent / took:0.00} a second), {after.reads - before.reads} reads; without "
                + $"notes an update every 3 s"));
    }

    private async Task<(double Reads, double Updates)> RequestsAsync()
    {
        IReadOnlyDictionary<string, double> counts = LeaseRequests.Count(await fixture.Server.Admin.GetTextAsync("/metrics"));
        return (counts.GetValueOrDefault("GET"), counts.GetValueOrDefault("PUT"));
    }

    private static async Task<JsonObject> AnnotationsAsync(Contest contest) =>
        (await contest.Lease.GetAsync())["metadata"]!["annotations"]?.AsObject() ?? [];
}
