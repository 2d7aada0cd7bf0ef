using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>Shutting down in every state (design 5, rules 10, 11, 12).</summary>
public class ElectorShutDownTests
{
    [Fact]
    public void Standby_LeavesAtOnce_EvenWhileItReads()
    {
        var driver = new ElectorDriver();
        driver.Start();

        driver.StopHost();

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        driver.Give(new ElectionInput.ReadAbsent());
        Assert.Empty(driver.Turn);
    }

    [Fact]
    public void BeforeTheStart_Leaves()
    {
        var driver = new ElectorDriver();

        driver.StopHost();

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
    }

    /// <summary>client-go's "release acquired lock": only after work has ended, with holder "" and a duration of one second.</summary>
    [Fact]
    public void Leading_WorkIsStopped_AndOnlyThenTheLeaseIsReleased()
    {
        var driver = ElectorDriver.Leading();
        LeaseRecord held = driver.Server.Current!.Record;
        driver.After(1);

        driver.StopHost();

        Assert.Equal(LeaderElectionState.Draining, driver.State);
        Assert.Equal(StopReason.ShutDown, driver.StoppedWork());
        driver.SentNothing();
        driver.WorkStopped();
        Assert.Equal(LeaderElectionState.Releasing, driver.State);
        ElectionOutput.Replace release = driver.Sent<ElectionOutput.Replace>();
        Assert.Same(driver.Server.Current, release.Current);
        Assert.Equal("", release.Record.HolderIdentity);
        Assert.Equal(1, release.Record.LeaseDurationSeconds);
        Assert.Equal(held.LeaseTransitions, release.Record.LeaseTransitions);
        Assert.True(release.Record.RenewTime > held.RenewTime);
        driver.Serve();
        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Single(driver.Told<ElectionEvent.Released>());
    }

    [Fact]
    public void Draining_GoesOnRenewing()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();
        driver.IsServed = true;

        driver.After(20);

        Assert.Equal(LeaderElectionState.Draining, driver.State);
        Assert.True(driver.Elector.Term!.Holds);
        Assert.Equal(6, driver.All<ElectionOutput.ExtendTerm>().Count);
        driver.WorkStopped();
        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
    }

    [Fact]
    public void WorkThatDoesNotStop_TheLeaseIsLeftToRunOut()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();
        driver.IsServed = true;

        driver.After(120);

        ElectionEvent.LeadershipLost told = Assert.Single(driver.Told<ElectionEvent.LeadershipLost>());
        Assert.Equal((StopReason.DrainTimedOut, ElectorDriver.Me), (told.Reason, told.HolderIdentity)); // It holds the lease still.
        Assert.Equal(StopReason.ShutDown, driver.StoppedWork());
        Assert.Equal(ElectorDriver.Me, driver.Server.Current!.Record.HolderIdentity);
        Assert.Equal(9, driver.All<ElectionOutput.ExtendTerm>().Count);
        Assert.Single(driver.All<ElectionOutput.StopHost>());
    }

    [Fact]
    public void WorkThatStopsAfterTheDrainTimedOut_TheLeaseIsReleasedAfterAll()
    {
        var driver = ElectorDriver.Leading();
        driver.IsServed = true;
        driver.StopHost();
        driver.After(30);

        driver.WorkStopped();

        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
        Assert.Equal(LeaderElectionState.Stopped, driver.State);
    }

    [Fact]
    public void ReleaseOnStopOff_TheLeaseIsLeftToRunOut()
    {
        var driver = ElectorDriver.Leading(settings => settings with { ReleaseOnStop = false });
        driver.StopHost();

        driver.WorkStopped();

        driver.SentNothing();
        Assert.Equal(LeaderElectionState.Stopped, driver.State);
    }

    [Fact]
    public void TakingOver_ItSucceeds_NoWorkStartsAndTheLeaseIsReleased()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.StopHost();
        Assert.Equal(LeaderElectionState.TakingOver, driver.State);

        driver.Serve();
        driver.Serve();

        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Empty(driver.All<ElectionOutput.StartWork>());
        Assert.Empty(driver.All<ElectionOutput.StopWork>());
    }

    [Fact]
    public void TakingOver_ItConflicts_Leaves()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.Server.Put(SomeRecord.HeldBy("faster"));
        driver.StopHost();

        driver.Serve();

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
    }

    [Fact]
    public void TakingOver_ItFails_Leaves()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.StopHost();

        driver.Fail();

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "")]
    public void TakingOver_NobodyKnowsWhatBecameOfIt_IsReadAndReleased(bool committed, string holder)
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.StopHost();

        driver.LoseReply(committed);
        driver.IsServed = true;
        driver.After(1);

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Equal(holder, driver.Server.Current!.Record.HolderIdentity);
    }

    [Fact]
    public void ReadingBackATakeOverNobodyKnowsTheOutcomeOf_IsFinishedAndReleased()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.LoseReply(committed: true);
        driver.After(0.2);
        driver.Sent<ElectionOutput.Read>();

        driver.StopHost();

        Assert.Equal(LeaderElectionState.Releasing, driver.State);
        driver.IsServed = true;
        driver.Serve();
        driver.Serve();
        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
        Assert.Equal(LeaderElectionState.Stopped, driver.State);
    }

    [Fact]
    public void StandbyWhoseLostLeaseIsStillInItsName_Releases()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.Freeze(7);
        driver.Fail(); // The deadline.
        driver.WorkStopped();
        Assert.Equal(LeaderElectionState.Standby, driver.State);

        driver.StopHost();
        driver.IsServed = true;
        driver.After(1);

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
    }

    [Fact]
    public void UnknownTakeOverThatWasOvertakenLongAgo_AsksNothing()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.LoseReply(committed: false);
        driver.Server.Put(SomeRecord.HeldBy("other", transitions: 1));
        driver.After(0.2);
        driver.Serve();

        driver.StopHost();

        driver.SentNothing();
        Assert.Equal(LeaderElectionState.Stopped, driver.State);
    }

    [Fact]
    public void DrainingAndLost_LeavesWhenWorkHasEnded()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();
        driver.See(SomeRecord.HeldBy("thief", transitions: 1));
        Assert.Equal(LeaderElectionState.Draining, driver.State);

        driver.WorkStopped();

        driver.SentNothing();
        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Equal(StopReason.ShutDown, driver.StoppedWork());
    }

    [Fact]
    public void LostBeforeTheShutDown_LeavesWhenWorkHasEnded()
    {
        var driver = ElectorDriver.Leading();
        driver.See(SomeRecord.HeldBy("thief", transitions: 1));

        driver.StopHost();
        Assert.Equal(LeaderElectionState.Draining, driver.State);
        driver.WorkStopped();

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
    }

    [Fact]
    public void Releasing_IsFinished()
    {
        var driver = ElectorDriver.Leading();
        driver.StepDown();
        driver.WorkStopped();

        driver.StopHost();
        Assert.Equal(LeaderElectionState.Releasing, driver.State);
        driver.Serve();

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Single(driver.Told<ElectionEvent.Released>());
    }

    [Fact]
    public void SecondRequest_ChangesNothing()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();
        driver.After(20);

        driver.StopHost();

        Assert.Equal(StopReason.ShutDown, driver.StoppedWork());
    }
}
