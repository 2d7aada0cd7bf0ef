using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>An elector for somebody who wants the lease for a while, and those that follow it in the same process.</summary>
public class ElectorForOneTermTests
{
    private static readonly LeaseStoreError Denied = new(LeaseStoreErrorKind.Forbidden, "grant the verb get");

    [Fact]
    public void FreeLease_IsReadAndTaken_AndNeverWatched()
    {
        var driver = Leading();
        driver.IsServed = true;

        driver.After(60);

        Assert.Equal(
            (1, 1, 0),
            (driver.All<ElectionOutput.Read>().Count, driver.All<ElectionOutput.Create>().Count, driver.All<ElectionOutput.Watch>().Count));
        Assert.Equal(20, driver.All<ElectionOutput.Replace>().Count);
    }

    [Fact]
    public void HeldLease_IsWatched_AndNoLongerWhenTaken()
    {
        var driver = StandingBy(SomeRecord.HeldBy("other"));
        Assert.True(driver.IsWatching);

        driver.See(SomeRecord.Released);
        driver.Serve();

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.False(driver.IsWatching);
    }

    [Fact]
    public void LostLease_StopsItForGood()
    {
        var driver = Leading();
        driver.Server.Put(SomeRecord.HeldBy("other", transitions: 1));
        driver.IsServed = true;
        driver.After(3);
        Assert.Equal(StopReason.OtherHolder, driver.StoppedWork());

        driver.WorkStopped();

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
    }

    [Fact]
    public void GivenUp_IsReleased_AndTheNextTakesIt()
    {
        var driver = Leading();
        driver.StopHost();
        driver.WorkStopped();
        driver.Serve();
        Assert.Equal((LeaderElectionState.Stopped, ""), (driver.State, driver.Server.Current!.Record.HolderIdentity));

        ElectorDriver next = driver.Next();
        next.Start();
        next.Serve();
        next.Serve();

        Assert.Equal(LeaderElectionState.Leading, next.State);
        Assert.Equal(1, next.Server.Current!.Record.LeaseTransitions);
    }

    [Fact]
    public void WaitingEnded_BeforeTheFirstLook_LooksOnce()
    {
        var driver = new ElectorDriver(ForOneTerm);
        driver.Server.Put(SomeRecord.HeldBy("other"));
        driver.Start();
        driver.Give(new ElectionInput.WaitingEnded());

        driver.Serve();

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Null(Assert.Single(driver.Told<ElectionEvent.GaveUp>()).Error);
        Assert.Empty(driver.All<ElectionOutput.Watch>());
    }

    [Fact]
    public void WaitingEnded_BeforeTheFirstLookAndTheLeaseIsFree_Leads()
    {
        var driver = new ElectorDriver(ForOneTerm);
        driver.Start();
        driver.Give(new ElectionInput.WaitingEnded());
        driver.Serve();
        driver.Serve();

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Empty(driver.Told<ElectionEvent.GaveUp>());
    }

    [Fact]
    public void WaitingEnded_WhileWaiting_StopsAtOnce()
    {
        var driver = StandingBy(SomeRecord.HeldBy("other"));

        driver.Give(new ElectionInput.WaitingEnded());

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Null(Assert.Single(driver.Told<ElectionEvent.GaveUp>()).Error);
    }

    [Fact]
    public void WaitingEnded_WhileLeading_ChangesNothing()
    {
        var driver = Leading();
        driver.IsServed = true;

        driver.Give(new ElectionInput.WaitingEnded());
        driver.After(60);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void WaitingEnded_SomebodyElseIsFaster_StopsAndAsksNothing()
    {
        var driver = new ElectorDriver(ForOneTerm);
        driver.Start();
        driver.Give(new ElectionInput.WaitingEnded());
        driver.Serve();
        driver.Server.Put(SomeRecord.HeldBy("other"));

        driver.Serve();

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Null(Assert.Single(driver.Told<ElectionEvent.GaveUp>()).Error);
        driver.SentNothing();
    }

    [Fact]
    public void WaitingEnded_ReadFails_StopsWithTheError()
    {
        var driver = new ElectorDriver(ForOneTerm);
        driver.Start();
        driver.Give(new ElectionInput.WaitingEnded());

        driver.Fail();

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Equal(ElectorDriver.Trouble, Assert.Single(driver.Told<ElectionEvent.GaveUp>()).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WaitingEnded_NobodyKnowsOfTheWrite_GivesUpWhatItMayHaveTaken(bool committed)
    {
        var driver = new ElectorDriver(ForOneTerm);
        driver.Start();
        driver.Give(new ElectionInput.WaitingEnded());
        driver.Serve();

        driver.LoseReply(committed);
        Assert.Equal(ElectorDriver.Trouble, Assert.Single(driver.Told<ElectionEvent.GaveUp>()).Error);
        driver.IsServed = true;
        driver.After(1);

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.NotEqual(ElectorDriver.Me, driver.Server.Current?.Record.HolderIdentity);
    }

    [Fact]
    public void DeniedWatch_IsPolled()
    {
        var driver = StandingBy(SomeRecord.HeldBy("other", duration: 3600));

        driver.Give(new ElectionInput.WatchBroken(Denied));
        driver.IsServed = true;
        driver.After(10);

        Assert.Equal(LeaderElectionState.Standby, driver.State);
        Assert.InRange(driver.All<ElectionOutput.Read>().Count, 5, 7);
    }

    [Fact]
    public void NextElector_CountsFromWhatTheLastHasSeen()
    {
        var driver = StandingBy(SomeRecord.HeldBy("other"));
        driver.StopHost();

        ElectorDriver next = OneLookAfter(driver, 14.9);
        Assert.Equal(LeaderElectionState.Stopped, next.State);
        next = OneLookAfter(next, 0.1);

        Assert.Equal(LeaderElectionState.TakingOver, next.State);
    }

    [Fact]
    public void Disowned_IsWaitedForFromTheLastRenewal_AsByAllOthers()
    {
        var driver = Leading();
        driver.IsServed = true;
        driver.After(3);
        driver.Memory.Disown();

        ElectorDriver next = OneLookAfter(driver, 14.9);
        Assert.Equal(LeaderElectionState.Stopped, next.State);
        next = OneLookAfter(next, 0.1);

        Assert.Equal(LeaderElectionState.TakingOver, next.State);
    }

    [Fact]
    public void Disowned_AndARenewalComesToLightLater_IsWaitedForFromThen()
    {
        var driver = Leading();
        driver.After(3);
        ElectionOutput.Replace renewal = driver.Sent<ElectionOutput.Replace>();
        driver.Memory.Disown();
        driver.Server.Answer(renewal);

        ElectorDriver next = OneLookAfter(driver, 12);
        Assert.Equal(LeaderElectionState.Stopped, next.State);
        next = OneLookAfter(next, 14.9);
        Assert.Equal(LeaderElectionState.Stopped, next.State);
        next = OneLookAfter(next, 0.1);

        Assert.Equal(LeaderElectionState.TakingOver, next.State);
    }

    [Fact]
    public void NotReleased_IsOursToTheNextElector()
    {
        var driver = Leading();
        driver.StopHost();
        driver.WorkStopped();
        driver.Fail();
        driver.After(0.5);
        driver.Fail();
        driver.After(5);
        Assert.Equal(ElectorDriver.Me, driver.Server.Current!.Record.HolderIdentity);

        ElectorDriver next = OneLookAfter(driver, 0);

        Assert.Equal(LeaderElectionState.TakingOver, next.State);
    }

    private static ElectorSettings ForOneTerm(ElectorSettings settings) => settings with { ForOneTerm = true };

    private static ElectorDriver Leading() => ElectorDriver.Leading(ForOneTerm);

    private static ElectorDriver StandingBy(LeaseRecord holder) => ElectorDriver.StandingBy(holder, ForOneTerm);

    /// <summary>The next elector of the process, which has time for one attempt, after a look at the lease.</summary>
    private static ElectorDriver OneLookAfter(ElectorDriver driver, double seconds)
    {
        ElectorDriver next = driver.Next();
        next.Freeze(seconds);
        next.Start();
        next.Give(new ElectionInput.WaitingEnded());
        next.Serve();
        Assert.Empty(next.All<ElectionOutput.Watch>());
        return next;
    }
}
