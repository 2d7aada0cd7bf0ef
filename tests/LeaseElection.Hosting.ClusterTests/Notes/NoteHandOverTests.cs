using LeaseElection.Hosting.ClusterTests.Electors;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Notes;

/// <summary>
/// What was confirmed is seen by the next leader, however the last one ended; what a term says of itself by nobody else's side.
/// </summary>
[Collection(WaitingProcesses.Name)]
public sealed class NoteHandOverTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private static readonly ElectorTimings Timings = new(6, 4, 0.5);

    [ApiServerTheory]
    [InlineData(UnixSignal.Kill, 4)]
    [InlineData(UnixSignal.Terminate, 4)]
    public async Task Leaders_that_end_one_after_the_other_lose_no_confirmed_note(UnixSignal signal, int times)
    {
        int rounds = LongForm.IsAskedFor ? 200 : times;
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        var fleet = new NoteFleet(contest, Timings);
        await fleet.FillAsync();
        await using NoteWatch watch = await NoteWatch.StartAsync(contest);
        (ElectorProcess leader, NoteFleet.Said found) = await fleet.LeadsAsync(after: 0);
        long further = 0;
        for (int i = 0; i < rounds; i++)
        {
            NoteFleet.Said last = await fleet.EndAsync(leader, signal);
            await fleet.FillAsync();
            (leader, found) = await fleet.LeadsAsync(last.Token);
            Assert.True(found.Count >= last.Count, $"{last.Count} was confirmed, and the next leader found {found.Count}, in round {i}");
            further += found.Count > last.Count ? 1 : 0;
        }

        Assert.Empty(watch.Wrong);
        Assert.InRange(watch.Shown, rounds, int.MaxValue);
        contest.AssertSound();
        output.WriteLine(
            $"{signal}: {rounds} of {rounds} next leaders found the last note that was confirmed ({further} also one that was not yet), "
                + $"counted to "
            + $"{found.Count}; {watch.Versions} versions watched: the note of a term beside its holder in {watch.Shown}, hidden in "
            + $"{watch.Hidden}, beside another in {watch.Wrong.Count}");
    }

    [ApiServerFact]
    public async Task Leaders_that_hand_over_are_never_seen_with_the_note_of_another()
    {
        int handOvers = LongForm.IsAskedFor ? 200 : 20;
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        OwnCandidate[] all = [await OursAsync(contest), await OursAsync(contest), await OursAsync(contest)];
        await using NoteWatch watch = await NoteWatch.StartAsync(contest);
        UInt128 last = 0;
        for (int i = 0; i < handOvers; i++)
        {
            (OwnCandidate leader, LeadershipTerm term) = await LeaderAsync(all, last);
            last = term.FencingToken.Value;
            await term.WriteNoteAsync(NotingCandidate.Who, leader.Identity, NoteLife.Term).WaitAsync(TimeSpan.FromSeconds(30));
            if (i % 2 == 0)
                await leader.Host.Election.StepDownAsync();
            else
                await contest.Lease.PatchSpecAsync($$"""{"holderIdentity":"somebody-{{i}}","leaseDurationSeconds":1}"""); // Clears nothing.
        }

        await LeaderAsync(all, last);
        Assert.Empty(watch.Wrong);
        Assert.InRange(watch.Shown, handOvers, int.MaxValue);
        Assert.InRange(watch.Hidden, handOvers / 2, int.MaxValue);
        output.WriteLine(
            $"{handOvers} hand-overs, half of them by kubectl: {watch.Versions} versions watched, the note of a term beside its holder in "
                + $"{watch.Shown}, "
            + $"left there and hidden in {watch.Hidden}, beside another in {watch.Wrong.Count}");
    }

    private static Task<OwnCandidate> OursAsync(Contest contest) => contest.OursAsync(Timings.Apply);

    /// <summary>Waits for a term after this one, and returns it with whose it is: a moment later that one may have none any more.</summary>
    private static async Task<(OwnCandidate Leader, LeadershipTerm Term)> LeaderAsync(OwnCandidate[] all, UInt128 after)
    {
        (OwnCandidate, LeadershipTerm)? leads = null;
        await Polling.UntilAsync(
            () =>
            {
                foreach (OwnCandidate one in all)
                {
                    if (one.Host.Election.Term is { IsHeld: true } term && term.FencingToken.Value > after)
                        leads = (one, term);
                }

                return Task.FromResult(leads is not null);
            },
            TimeSpan.FromSeconds(30));
        return leads!.Value;
    }
}
