using LeaseElection.Hosting.Election;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>Stepping down in every state: drain, release, let another lead first (design 4 and 5, rule 10).</summary>
public class ElectorStepDownTests
{
    /// <summary>How long others get to take over: three of the slowest polls.</summary>
    private const double Pause = 6;

    [Fact]
    public void Leading_DrainsReleasesAndLetsAnotherLeadFirst()
    {
        var driver = ElectorDriver.Leading();

        driver.StepDown();
        Assert.Equal(StopReason.StepDown, driver.StoppedWork());
        driver.WorkStopped();
        driver.Serve();

        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
        Assert.Equal(LeaderElectionState.Standby, driver.State);
        driver.IsServed = true;
        driver.LeadsAfter(Pause);
    }

    /// <summary>
    /// One of hundreds may take longer for its release than the others are given: their time begins when they can see it.
    /// </summary>
    [Fact]
    public void ReleaseIsSlow_AnotherLeadsFirstAllTheSame()
    {
        var driver = ElectorDriver.Leading(settings => settings with { ReleaseWithin = TimeSpan.FromSeconds(7) });
        driver.StepDown();
        driver.WorkStopped();

        driver.After(Pause + 0.5);
        driver.Serve();

        Assert.Single(driver.Told<ElectionEvent.Released>());
        Assert.Equal(LeaderElectionState.Standby, driver.State);
        driver.IsServed = true;
        driver.LeadsAfter(Pause);
    }

    /// <summary>Who could take it has had it: then there is nobody to wait for.</summary>
    [Fact]
    public void AnotherTookOverBeforeTheReleaseWasKnown_NoFurtherPause()
    {
        var driver = ElectorDriver.Leading();
        driver.StepDown();
        driver.WorkStopped();
        driver.LoseReply(committed: true);
        driver.See(SomeRecord.HeldBy("other", transitions: 1));
        driver.IsServed = true;
        driver.After(1);

        driver.See(SomeRecord.Released with { LeaseTransitions = 1 });

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    /// <summary>Whoever steps down once and leads again is not to pause at the end of each later term, which nobody asked for.</summary>
    [Fact]
    public void LeadsAgainAndLosesThatTerm_NoPauseAfterIt()
    {
        var driver = ElectorDriver.Leading();
        driver.IsServed = true;
        driver.StepDown();
        driver.WorkStopped();
        driver.After(Pause);
        Assert.Equal(LeaderElectionState.Leading, driver.State);

        driver.IsServed = false;
        driver.After(13); // The deadline.
        driver.Fail();
        driver.WorkStopped();
        driver.IsServed = true;
        driver.After(3);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void AnotherTookOver_ThePauseIsOver()
    {
        var driver = ElectorDriver.Leading();
        driver.IsServed = true;
        driver.StepDown();
        driver.WorkStopped();

        driver.See(SomeRecord.HeldBy("other", transitions: 1));
        driver.See(SomeRecord.Released with { LeaseTransitions = 1 });

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void ReleaseOnStopOff_ReleasesAllTheSame()
    {
        var driver = ElectorDriver.Leading(settings => settings with { ReleaseOnStop = false });
        driver.StepDown();

        driver.WorkStopped();

        Assert.Equal("", driver.Sent<ElectionOutput.Replace>().Record.HolderIdentity);
    }

    [Fact]
    public void Standby_NothingHappens()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));

        driver.StepDown();
        driver.SentNothing();
        driver.See(SomeRecord.Released);

        driver.Sent<ElectionOutput.Replace>();
        driver.Serve();
        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void TakingOver_ItSucceeds_IsReleasedAndAnotherLeadsFirst()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.StepDown();
        driver.IsServed = true;

        driver.After(0);

        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
        driver.After(Pause - 0.001);
        Assert.Empty(driver.All<ElectionOutput.StartWork>());
        driver.After(0.001);
        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void TakingOver_ItConflicts_TheNextTakeOverIsNotGivenUp()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.StepDown();
        driver.Server.Put(SomeRecord.HeldBy("faster"));
        driver.IsServed = true;
        driver.After(10);

        driver.See(SomeRecord.Released);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.DoesNotContain(driver.All<ElectionOutput.Replace>(), replace => replace.Record.HolderIdentity == "");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TakingOver_NobodyKnowsWhatBecameOfIt_IsReadReleasedAndAnotherLeadsFirst(bool committed)
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.StepDown();

        driver.LoseReply(committed);
        driver.IsServed = true;
        driver.After(1);

        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
        driver.After(Pause - 1.001);
        Assert.Empty(driver.All<ElectionOutput.StartWork>());
        driver.After(0.001);
        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void DrainingAfterALoss_AnotherLeadsFirst()
    {
        var driver = ElectorDriver.Leading();
        driver.After(10); // The deadline.
        driver.StepDown();
        driver.Fail();

        driver.WorkStopped();
        driver.IsServed = true;
        driver.After(1);

        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
        Assert.Equal(LeaderElectionState.Standby, driver.State);
        driver.After(Pause);
        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void DrainingForAShutDown_TheShutDownGoesOn()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();

        driver.StepDown();
        driver.WorkStopped();
        driver.Serve();

        Assert.Equal(StopReason.ShutDown, driver.StoppedWork());
        Assert.Equal(LeaderElectionState.Stopped, driver.State);
    }

    [Fact]
    public void ShutDownWhileDraining_Leaves()
    {
        var driver = ElectorDriver.Leading();
        driver.StepDown();
        driver.StopHost();

        driver.WorkStopped();
        driver.Serve();

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Equal(StopReason.StepDown, driver.StoppedWork());
    }

    [Fact]
    public void Releasing_NothingHappens()
    {
        var driver = ElectorDriver.Leading();
        driver.StepDown();
        driver.WorkStopped();

        driver.StepDown();
        driver.Serve();

        Assert.Equal(LeaderElectionState.Standby, driver.State);
    }

    [Fact]
    public void ReleaseThatFails_TheProcessStandsAgainAllTheSame()
    {
        var driver = ElectorDriver.Leading();
        driver.StepDown();
        driver.WorkStopped();
        driver.After(2);
        driver.LoseReply(committed: false);
        Assert.Equal(LeaderElectionState.Standby, driver.State);
        driver.IsServed = true;

        driver.After(Pause);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }
}
