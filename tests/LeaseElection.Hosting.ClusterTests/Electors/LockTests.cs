using LeaseElection.DistributedLock;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>A lock and an elector of somebody else on one Lease: they take each other for what they are, holders of it.</summary>
[Collection(WaitingElectors.Name)]
public sealed class LockTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private readonly Findings _findings = new(output);

    [ElectorTheory]
    [InlineData("client-go")]
    [InlineData("python")]
    public async Task Lock_OnTheLeaseOfAnother_TheyExcludeEachOther(string kind)
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        ElectorTimings timings = ElectorTimings.Of(kind);
        LeaseLock one = contest.Locks(timings.Apply).CreateLock(Contest.LeaseName);

        LeaseLockHandle handle = await one.AcquireAsync(Signal.Patience);
        contest.Journal.Start(handle.Term.Identity, handle.FencingToken, WorkJournal.Now);
        WorkSpan held = contest.Journal.Spans.Single();
        ElectorProcess theirs = await contest.TheirsAsync(kind, timings);
        await theirs.SeesAsync(handle.Term.Identity);
        await contest.LeadsOnAsync(held, timings.Lease * 1.5);
        contest.Journal.End(handle.Term.Identity, handle.FencingToken, WorkJournal.Now);
        await handle.DisposeAsync();
        WorkSpan their = await contest.StartsAsync(theirs.Identity);
        await AssertHeldAsync(one);

        Task<LeaseLockHandle> waiting = one.AcquireAsync().AsTask();
        await theirs.KillAsync(contest.Journal);
        await using LeaseLockHandle next = await waiting.WaitAsync(Signal.Patience);
        contest.Journal.Start(next.Term.Identity, next.FencingToken, WorkJournal.Now);

        held = await contest.EndsAsync(held);
        _findings.Within(TimeSpan.Zero, held.Until(their), timings.TakesWithin, $"{kind}: end of the lock to start of its work");
        Assert.True(handle.FencingToken < next.FencingToken);
        contest.AssertSound();
    }

    /// <summary>Tries to take it until there is an answer in time: who holds it is not known before.</summary>
    private static async Task AssertHeldAsync(LeaseLock one)
    {
        LeaseLockHandle? handle = null;
        await Polling.UntilAsync(
            async () =>
            {
                try
                {
                    handle = await one.TryAcquireAsync();
                    return true;
                }
                catch (LeaseStoreException exception) when (SlowAnswer.IsTold(exception.Message))
                {
                    return false;
                }
            },
            Signal.Patience,
            what: "an answer");
        Assert.Null(handle);
    }
}
