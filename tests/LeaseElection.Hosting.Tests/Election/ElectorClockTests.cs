using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>Clocks that jump, stop and lie, and timers that fire when they like (design 5, rules 2 and 14).</summary>
public class ElectorClockTests
{
    [Fact]
    public void WallClockRanAhead_ARenewalIsSentAtOnceAndWorkGoesOn()
    {
        var driver = ElectorDriver.Leading();
        driver.After(1);
        driver.SetWall(60);

        driver.Give(new ElectionInput.TimerFired());

        driver.Sent<ElectionOutput.Replace>();
        Assert.Equal(TimeSpan.FromSeconds(60), Assert.Single(driver.Told<ElectionEvent.ClockJumped>()).By);
        Assert.False(driver.Elector.Term!.Validity.IsValid(driver.Now));
        driver.Serve();
        Assert.True(driver.Elector.Term!.Validity.IsValid(driver.Now));
        Assert.Empty(driver.All<ElectionOutput.StopWork>());
    }

    [Fact]
    public void WallClockRanAhead_TheRenewalFails_TheTermIsLost()
    {
        var driver = ElectorDriver.Leading();
        driver.SetWall(60);
        driver.Give(new ElectionInput.TimerFired());

        driver.Fail();

        Assert.Equal(StopReason.ClockJumped, driver.StoppedWork());
        Assert.Same(ElectorDriver.Trouble, Assert.Single(driver.Told<ElectionEvent.RenewalFailed>()).Error);
    }

    [Fact]
    public void WallClockRanAheadDuringARenewal_ItsReplyProvesNothing_AndAnotherIsSentAtOnce()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.SetWall(60);

        driver.Serve();

        Assert.False(driver.Elector.Term!.Validity.IsValid(driver.Now));
        driver.Serve();
        Assert.True(driver.Elector.Term!.Validity.IsValid(driver.Now));
        Assert.Empty(driver.All<ElectionOutput.StopWork>());
        Assert.Single(driver.Told<ElectionEvent.ClockJumped>());
    }

    [Fact]
    public void WallClockRanAheadDuringARenewalThatFails_IsNoLossYet()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.SetWall(60);

        driver.LoseReply(committed: false);
        driver.After(0.2);
        driver.Serve();
        driver.Serve();

        Assert.Empty(driver.All<ElectionOutput.StopWork>());
        Assert.True(driver.Elector.Term!.Validity.IsValid(driver.Now));
    }

    [Fact]
    public void WallClockRanAheadWhileRetriesPause_TheRenewalIsSentAtOnce()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.Fail(new LeaseStoreError(LeaseStoreErrorKind.Throttled, "busy") { RetryAfter = TimeSpan.FromSeconds(3) });
        driver.SetWall(60);

        driver.Give(new ElectionInput.TimerFired());

        driver.Sent<ElectionOutput.Read>();
    }

    [Fact]
    public void WallClockRanAheadWhileTakingOver_TheReplyStartsNothing_AndItIsWrittenAgain()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.SetWall(60);

        driver.Serve();
        Assert.Empty(driver.All<ElectionOutput.StartWork>());
        driver.Serve();

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void WallClockRanAheadWhileDraining_ARenewalProvesTheTerm()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();
        driver.SetWall(60);

        driver.Give(new ElectionInput.TimerFired());
        driver.Serve();

        Assert.True(driver.Elector.Term!.Holds);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-3600)]
    public void WallClockSetBackOrALittleAhead_HasNoEffect(int seconds)
    {
        var driver = ElectorDriver.Leading();
        driver.SetWall(seconds);

        driver.Give(new ElectionInput.TimerFired());

        driver.SentNothing();
        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void WallClockOfAStandby_HasNoEffect(int seconds)
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 4));
        driver.SetWall(seconds);
        driver.Give(new ElectionInput.TimerFired());

        driver.After(3.999);
        driver.SentNothing();
        driver.After(0.001);

        driver.Sent<ElectionOutput.Replace>();
    }

    [Fact]
    public void Suspended_TheTermIsOverOnResume_WhateverComesFirst()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.Freeze(60);

        driver.Serve();

        Assert.Equal(StopReason.DeadlinePassed, driver.StoppedWork());
    }

    [Fact]
    public void TimersThatFireEarly_ChangeNothing()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 4));
        for (int i = 0; i < 39; i++)
        {
            driver.Freeze(0.1);
            driver.Give(new ElectionInput.TimerFired());
        }

        driver.SentNothing();
    }

    [Fact]
    public void TimersThatNeverFire_AnyInputDoesWhatIsDue()
    {
        var driver = ElectorDriver.Leading();
        driver.Freeze(3);

        driver.See(driver.Server.Current!);

        driver.Sent<ElectionOutput.Replace>();
    }
}
