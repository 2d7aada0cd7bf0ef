using LeaseElection.Hosting.Election;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>Work that ends while leadership is held, by policy.</summary>
public class ElectorWorkTests
{
    private static readonly InvalidOperationException Fault = new("out of luck");

    [Theory]
    [InlineData(WorkEndPolicy.Default)]
    [InlineData(WorkEndPolicy.Stay)]
    public void Returned_Stay_LeadsOn(WorkEndPolicy policy)
    {
        ElectorDriver driver = Leading(policy);

        driver.Give(new ElectionInput.WorkReturned(0, StillRunning: 0));
        driver.IsServed = true;
        driver.After(60);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal(0, Assert.Single(driver.Told<ElectionEvent.WorkReturned>()).Work);
    }

    [Fact]
    public void Returned_StepDown_ReleasesOnceTheLastPieceHasReturned()
    {
        ElectorDriver driver = Leading(WorkEndPolicy.StepDown);
        driver.IsServed = true;

        driver.Give(new ElectionInput.WorkReturned(1, StillRunning: 1));
        Assert.Equal(LeaderElectionState.Leading, driver.State);
        driver.Give(new ElectionInput.WorkReturned(0, StillRunning: 0));
        Assert.Equal(StopReason.WorkReturned, driver.StoppedWork());
        driver.WorkStopped();

        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
        Assert.Equal(LeaderElectionState.Standby, driver.State);
    }

    [Fact]
    public void Returned_StopHost_StopsTheHostOnceTheLastPieceHasReturned()
    {
        ElectorDriver driver = Leading(WorkEndPolicy.StopHost);

        driver.Give(new ElectionInput.WorkReturned(1, StillRunning: 1));
        Assert.Empty(driver.All<ElectionOutput.StopHost>());
        driver.Give(new ElectionInput.WorkReturned(0, StillRunning: 0));

        Assert.Single(driver.All<ElectionOutput.StopHost>());
        Assert.Equal(StopReason.WorkReturned, driver.StoppedWork());
    }

    [Fact]
    public void Returned_Restart_StartsThatPieceAgainAfterAPause()
    {
        ElectorDriver driver = Leading(WorkEndPolicy.Restart);
        driver.IsServed = true;

        driver.Give(new ElectionInput.WorkReturned(1, StillRunning: 1));
        Assert.Empty(driver.All<ElectionOutput.RestartWork>());
        driver.After(0.9);

        Assert.Equal(1, Assert.Single(driver.All<ElectionOutput.RestartWork>()).Work);
        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Single(driver.All<ElectionOutput.StartWork>());
    }

    [Fact]
    public void Faulted_Restart_PausesGrow()
    {
        ElectorDriver driver = Leading(WorkEndPolicy.Restart);
        driver.IsServed = true;
        foreach (double pause in (double[])[0.9, 1.8, 3.6, 7.2, 14.4, 28.8, 54, 54])
        {
            int restarts = driver.All<ElectionOutput.RestartWork>().Count;
            driver.Give(new ElectionInput.WorkFaulted(0, Fault));
            driver.After(pause - 0.001);
            Assert.Equal(restarts, driver.All<ElectionOutput.RestartWork>().Count);
            driver.After(0.001);
            Assert.Equal(restarts + 1, driver.All<ElectionOutput.RestartWork>().Count);
        }
    }

    [Theory]
    [InlineData(WorkEndPolicy.Default)]
    [InlineData(WorkEndPolicy.StepDown)]
    public void Faulted_StepDown_DrainsReleasesAndStandsAgainAfterAGrowingPause(WorkEndPolicy policy)
    {
        ElectorDriver driver = Leading(policy);
        driver.IsServed = true;
        foreach (double pause in (double[])[0.9, 1.8, 3.6])
        {
            driver.Give(new ElectionInput.WorkFaulted(0, Fault));
            Assert.Equal(LeaderElectionState.Draining, driver.State);
            driver.WorkStopped();
            Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
            driver.After(pause - 0.001);
            Assert.Equal(LeaderElectionState.Standby, driver.State);
            driver.After(0.001);
            Assert.Equal(LeaderElectionState.Leading, driver.State);
        }

        Assert.Equal(WorkEndPolicy.StepDown, driver.Told<ElectionEvent.WorkFaulted>()[0].Policy);
    }

    [Fact]
    public void Faulted_ThePauseHoldsEvenAfterAnotherHasLed()
    {
        ElectorDriver driver = Leading(WorkEndPolicy.StepDown);
        driver.IsServed = true;
        driver.Give(new ElectionInput.WorkFaulted(0, Fault));
        driver.WorkStopped();

        driver.See(SomeRecord.HeldBy("other", transitions: 1));
        driver.See(SomeRecord.Released with { LeaseTransitions = 1 });

        Assert.Equal(LeaderElectionState.Standby, driver.State);
        driver.After(0.9);
        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void Faulted_AfterAStepDownLongAgo_ThePauseHoldsAllTheSame()
    {
        ElectorDriver driver = Leading(WorkEndPolicy.StepDown);
        driver.IsServed = true;
        driver.StepDown();
        driver.WorkStopped();
        driver.After(6);
        driver.Give(new ElectionInput.WorkFaulted(0, Fault));
        driver.WorkStopped();

        driver.See(SomeRecord.HeldBy("other", transitions: 9));
        driver.See(SomeRecord.Released with { LeaseTransitions = 9 });

        Assert.Equal(LeaderElectionState.Standby, driver.State);
    }

    [Fact]
    public void Faulted_Stay_LeadsOnWithTheRest()
    {
        ElectorDriver driver = Leading(WorkEndPolicy.Stay);

        driver.Give(new ElectionInput.WorkFaulted(0, Fault));

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Same(Fault, Assert.Single(driver.Told<ElectionEvent.WorkFaulted>()).Exception);
    }

    [Fact]
    public void Faulted_StopHost_StopsTheHostAtOnce()
    {
        ElectorDriver driver = Leading(WorkEndPolicy.StopHost);

        driver.Give(new ElectionInput.WorkFaulted(0, Fault));

        Assert.Single(driver.All<ElectionOutput.StopHost>());
        Assert.Equal(StopReason.WorkFaulted, driver.StoppedWork());
    }

    [Fact]
    public void RestartThatIsDueWhenWorkIsStopped_NeverHappens()
    {
        ElectorDriver driver = Leading(WorkEndPolicy.Restart);
        driver.Give(new ElectionInput.WorkFaulted(0, Fault));

        driver.StopHost();
        driver.After(5);

        Assert.Empty(driver.All<ElectionOutput.RestartWork>());
    }

    /// <summary>Work told the loop that it failed, and before that was read the term ended: the exception must not be lost.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FaultThatCrossesTheStop_IsToldAllTheSame(bool lost)
    {
        ElectorDriver driver = Leading(WorkEndPolicy.Restart);
        if (lost)
            driver.See(SomeRecord.HeldBy("thief", transitions: 1));
        else
            driver.StopHost();

        driver.Give(new ElectionInput.WorkFaulted(0, Fault));
        driver.After(5);

        Assert.Same(Fault, Assert.Single(driver.Told<ElectionEvent.WorkFaulted>()).Exception);
        Assert.Empty(driver.All<ElectionOutput.RestartWork>());
    }

    /// <summary>Work saw by the clock that its term was over, before the loop got to run: it has ended as it should.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EndsBecauseTheTermIsOver_DeadlineHasPassedUnseen_IsNoFaultAndEndsTheTerm(bool throws)
    {
        ElectorDriver driver = Leading(WorkEndPolicy.StopHost);
        driver.Freeze(60);

        driver.Give(throws
            ? new ElectionInput.WorkFaulted(1, Fault, SaysTermIsOver: true)
            : new ElectionInput.WorkReturned(1, StillRunning: 0));
        Assert.Equal(StopReason.DeadlinePassed, driver.StoppedWork());
        driver.WorkStopped();

        Assert.Equal(1, Assert.Single(driver.Told<ElectionEvent.WorkEnded>()).Work);
        Assert.Empty(driver.Told<ElectionEvent.WorkFaulted>());
        Assert.Empty(driver.Told<ElectionEvent.WorkReturned>());
        Assert.Empty(driver.All<ElectionOutput.StopHost>());
        Assert.NotEqual(LeaderElectionState.Draining, driver.State);
    }

    /// <summary>The term goes on, or may yet, and its work is gone: what is to be done about that is the policy's.</summary>
    [Fact]
    public void SaysThatTheTermIsOver_ItIsHeld_IsAFault()
    {
        ElectorDriver driver = Leading(WorkEndPolicy.StepDown);

        driver.Give(new ElectionInput.WorkFaulted(0, Fault, SaysTermIsOver: true));

        Assert.Equal(WorkEndPolicy.StepDown, Assert.Single(driver.Told<ElectionEvent.WorkFaulted>()).Policy);
        Assert.Equal(StopReason.WorkFaulted, driver.StoppedWork());
    }

    [Fact]
    public void ReturnedAtOnce_BeforeTheFirstRenewal_IsNoEndOfTheTerm()
    {
        ElectorDriver driver = Leading(WorkEndPolicy.Default);
        driver.Give(new ElectionInput.WorkReturned(0, StillRunning: 0));

        driver.StopHost();
        driver.WorkStopped();

        Assert.Equal("", driver.Sent<ElectionOutput.Replace>().Record.HolderIdentity);
    }

    [Fact]
    public void WorkStoppedThatNobodyAskedFor_IsIgnored()
    {
        ElectorDriver driver = Leading(WorkEndPolicy.Default);

        driver.WorkStopped();

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    private static ElectorDriver Leading(WorkEndPolicy policy) =>
        ElectorDriver.Leading(settings => settings with { WhenWorkEnds = policy });
}
