using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>How a term is lost, and what follows (design 5, rules 6, 7, 11, 12; design 2 for the overrun).</summary>
public class ElectorLossTests
{
    [Fact]
    public void AnotherHolder_EndsTheTermAtOnce()
    {
        var driver = ElectorDriver.Leading();

        driver.See(SomeRecord.HeldBy("thief", transitions: 1));

        Assert.Equal(StopReason.OtherHolder, driver.StoppedWork());
        Assert.Equal("thief", Assert.Single(driver.Told<ElectionEvent.LeadershipLost>()).HolderIdentity);
        Assert.Equal("thief", Assert.Single(driver.Told<ElectionEvent.HolderChanged>()).HolderIdentity);
    }

    [Fact]
    public void HolderCleared_EndsTheTermAtOnce()
    {
        var driver = ElectorDriver.Leading();

        driver.See(driver.Server.Current!.Record with { HolderIdentity = "" });

        Assert.Equal(StopReason.HolderCleared, driver.StoppedWork());
    }

    [Fact]
    public void LeaseDeleted_EndsTheTermAtOnce_AndTheNextIsANewOne()
    {
        var driver = ElectorDriver.Leading();

        driver.SeeDeleted();

        Assert.Equal(StopReason.LeaseDeleted, driver.StoppedWork());
        driver.SentNothing();
        driver.WorkStopped();
        driver.Sent<ElectionOutput.Create>();
        driver.Serve();
        Assert.Equal(2, driver.All<ElectionOutput.StartWork>().Count);
        Assert.True(driver.All<ElectionOutput.StartWork>()[0].Term.Token < driver.All<ElectionOutput.StartWork>()[1].Term.Token);
    }

    /// <summary>
    /// The watchdog and the reply to a renewal race at the deadline, on two threads. Work that was told to stop stays told: the term must
    /// end with it, or this process would lead without working.
    /// </summary>
    [Fact]
    public void WatchdogSawTheDeadlinePass_TermEndsThoughARenewalWasConfirmedInThatInstant()
    {
        var driver = ElectorDriver.Leading();
        TermFacts term = driver.All<ElectionOutput.StartWork>()[0].Term;
        driver.After(3);
        driver.Serve();

        driver.Give(new ElectionInput.TermExpired(term));

        Assert.Equal(StopReason.DeadlinePassed, driver.StoppedWork());
    }

    [Fact]
    public void WatchdogSawAnEarlierTermExpire_ThePresentOneGoesOn()
    {
        var driver = ElectorDriver.Leading();
        TermFacts term = driver.All<ElectionOutput.StartWork>()[0].Term;

        driver.Give(new ElectionInput.TermExpired(term with { ResourceVersion = "1" }));

        Assert.Empty(driver.All<ElectionOutput.StopWork>());
    }

    [Fact]
    public void LeaseDeletedUnseen_TheNextRenewalTellsIt()
    {
        var driver = ElectorDriver.Leading();
        driver.Server.Delete();
        driver.After(3);

        driver.Serve();
        driver.Serve();

        Assert.Equal(StopReason.LeaseDeleted, driver.StoppedWork());
    }

    [Fact]
    public void LeaseDeletedAndMadeAgain_TheRenewalNamesTheOldUidAndConflicts()
    {
        var driver = ElectorDriver.Leading();
        string uid = driver.Server.Current!.Uid;
        driver.Server.Delete();
        driver.Server.Put(SomeRecord.HeldBy("other"));
        driver.After(3);

        Assert.Equal(uid, driver.Sent<ElectionOutput.Replace>().Current.Uid);
        driver.Serve();
        driver.Serve();

        Assert.Equal(StopReason.OtherHolder, driver.StoppedWork());
    }

    [Fact]
    public void ForeignWriteUnderOurIdentity_EndsTheTermAndSaysSo()
    {
        var driver = ElectorDriver.Leading();

        driver.See(driver.Server.Current!.Record with { RenewTime = driver.Now.Wall.AddSeconds(1) });

        Assert.Equal(StopReason.IdentityInUse, driver.StoppedWork());
        driver.WorkStopped();
        driver.SentNothing();
    }

    [Fact]
    public void DurationOfOurLeaseEditedByHand_EndsTheTerm_BecauseStandbysCountWithIt()
    {
        var driver = ElectorDriver.Leading();

        driver.See(driver.Server.Current!.Record with { LeaseDurationSeconds = 1 });

        Assert.Equal(StopReason.IdentityInUse, driver.StoppedWork());
    }

    [Fact]
    public void LabelsEdited_NothingHappens_AndTheNextRenewalNamesThatVersion()
    {
        var driver = ElectorDriver.Leading();

        Lease edited = driver.See(driver.Server.Current!.Record);

        Assert.Empty(driver.All<ElectionOutput.StopWork>());
        driver.After(3);
        Assert.Same(edited, driver.Sent<ElectionOutput.Replace>().Current);
    }

    [Fact]
    public void LostInConflict_TheOtherHolderIsReadAtOnce()
    {
        var driver = ElectorDriver.Leading();
        driver.Server.Put(SomeRecord.HeldBy("thief", transitions: 1));
        driver.After(3);

        driver.Serve();
        driver.Serve();

        Assert.Equal(StopReason.OtherHolder, driver.StoppedWork());
    }

    [Fact]
    public void Lost_NothingIsWrittenAndNoTermBeginsBeforeWorkHasEnded()
    {
        var driver = ElectorDriver.Leading();
        driver.See(SomeRecord.HeldBy("thief", transitions: 1, duration: 2));

        driver.After(60);
        driver.SentNothing();
        driver.See(SomeRecord.Released);
        driver.SentNothing();

        driver.WorkStopped();
        driver.Serve(); // The watch has been silent: it reads first.
        driver.Sent<ElectionOutput.Replace>();
    }

    [Fact]
    public void LostTwice_IsToldOnce()
    {
        var driver = ElectorDriver.Leading();

        driver.See(SomeRecord.HeldBy("thief", transitions: 1));
        driver.SeeDeleted();
        driver.After(20);
        driver.StopHost();
        driver.StepDown();

        Assert.Equal(StopReason.OtherHolder, driver.StoppedWork());
        Assert.Single(driver.Told<ElectionEvent.LeadershipLost>());
    }

    [Fact]
    public void LostRenewalThatCommitsLate_IsNoTerm_AndAStandbyOfItselfProvesANewOne()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.After(7); // The deadline.
        driver.WorkStopped();

        driver.Serve();

        Assert.Single(driver.All<ElectionOutput.StartWork>());
        driver.Serve();
        Assert.Equal(2, driver.All<ElectionOutput.StartWork>().Count);
    }

    [Fact]
    public void WorkThatStopsInTime_DoesNotOverrun()
    {
        var driver = ElectorDriver.Leading();
        driver.After(10);
        driver.After(4.999);

        driver.WorkStopped();
        driver.After(60);

        Assert.Empty(driver.Told<ElectionEvent.WorkOverran>());
        Assert.Empty(driver.All<ElectionOutput.StopHost>());
    }

    [Fact]
    public void WorkThatStillRunsWhenTheLeaseRunsOut_HasOverrun()
    {
        var driver = ElectorDriver.Leading();
        driver.After(14.999);
        Assert.False(driver.Elector.Term!.HasOverrun);

        driver.After(0.001); // s + L

        Assert.True(driver.Elector.Term!.HasOverrun);
        Assert.Single(driver.All<ElectionOutput.StopHost>());
        driver.WorkStopped();
        Assert.Single(driver.Told<ElectionEvent.OverrunEnded>());
    }

    [Fact]
    public void WorkToldLate_HasOverrunAtTheSameInstantAllTheSame()
    {
        var driver = ElectorDriver.Leading();
        driver.Freeze(12);
        driver.Give(new ElectionInput.TimerFired());

        driver.After(2.999);
        Assert.False(driver.Elector.Term!.HasOverrun);
        driver.After(0.001);

        Assert.True(driver.Elector.Term!.HasOverrun);
    }

    /// <summary>
    /// Found by the soak: a process frozen until just before that instant stopped its host, one frozen a little longer did not.
    /// </summary>
    [Theory]
    [InlineData(14.9)]
    [InlineData(15.1)]
    public void WorkToldAtTheVeryEnd_HasASecond(double frozen)
    {
        var driver = ElectorDriver.Leading();
        driver.Freeze(frozen);
        driver.Give(new ElectionInput.TimerFired());

        driver.After(0.999);
        Assert.False(driver.Elector.Term!.HasOverrun);
        driver.After(0.001);

        Assert.True(driver.Elector.Term!.HasOverrun);
    }

    [Theory]
    [InlineData(WorkOverrunPolicy.StopHost, 1, 0)]
    [InlineData(WorkOverrunPolicy.FailFast, 0, 1)]
    [InlineData(WorkOverrunPolicy.Log, 0, 0)]
    public void Overrun_DoesWhatThePolicySaysOnce(WorkOverrunPolicy policy, int stopHost, int failFast)
    {
        var driver = ElectorDriver.Leading(settings => settings with { WhenWorkOverruns = policy });

        driver.After(300);

        Assert.Single(driver.Told<ElectionEvent.WorkOverran>());
        Assert.Equal(stopHost, driver.All<ElectionOutput.StopHost>().Count);
        Assert.Equal(failFast, driver.All<ElectionOutput.FailFast>().Count);
    }

    [Fact]
    public void AnotherHolderSeen_WorkHasItsStopTimeoutFromThenOn()
    {
        var driver = ElectorDriver.Leading();
        driver.After(1);
        driver.See(SomeRecord.HeldBy("thief", transitions: 1));

        driver.After(4.999);
        Assert.False(driver.Elector.Term!.HasOverrun);
        driver.After(0.001);

        Assert.True(driver.Elector.Term!.HasOverrun);
    }
}
