using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>A lease that is deleted while somebody holds it: who was seen to hold it may still be working (design 5, rule 5).</summary>
public class ElectorDeletionTests
{
    [Fact]
    public void DeletedLease_ThatWasSeenHeld_IsWaitedForAsLongAsItWasPromised()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 4));
        driver.After(1);
        driver.SeeDeleted();

        AssertAsksAfter<ElectionOutput.Create>(driver, 3);
    }

    [Fact]
    public void LeaseMadeAgainAfterADeletion_TheOldHolderKeepsItsTime()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 5));
        driver.SeeDeleted();
        driver.See(SomeRecord.HeldBy("third", duration: 1));

        AssertAsksAfter<ElectionOutput.Replace>(driver, 5);
    }

    /// <summary>
    /// Found by the simulator, seed 17406: a release speaks for the one who gives up, who may never have seen the first holder.
    /// </summary>
    [Fact]
    public void LeaseMadeAgainAfterADeletionAndReleased_TheOldHolderKeepsItsTime()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 5));
        driver.SeeDeleted();
        driver.See(SomeRecord.HeldBy("third"));
        driver.See(SomeRecord.Released);

        AssertAsksAfter<ElectionOutput.Replace>(driver, 5);
    }

    /// <summary>
    /// Found by the simulator, seed 73384: nobody was seen to hold the lease that is released, least of all the first holder.
    /// </summary>
    [Fact]
    public void LeaseMadeAgainAfterADeletion_SeenWhenItIsReleased_TheOldHolderKeepsItsTime()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 5));
        driver.SeeDeleted();
        driver.See(SomeRecord.Released);

        AssertAsksAfter<ElectionOutput.Replace>(driver, 5);
    }

    [Fact]
    public void LeaseMadeAgainByItsHolderAndReleased_IsFree()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        driver.SeeDeleted();
        driver.See(SomeRecord.HeldBy("other", renewed: 1));

        driver.See(SomeRecord.Released);

        driver.Sent<ElectionOutput.Replace>();
    }

    /// <summary>Found by the simulator, seed 478: a lease was made, held and deleted while our request to make it was on its way.</summary>
    [Fact]
    public void Creating_WhileAnotherMadeTheLeaseAndHadItDeleted_ThatOneKeepsItsTime()
    {
        var driver = new ElectorDriver();
        driver.Start();
        driver.Serve();
        driver.Sent<ElectionOutput.Create>();
        driver.See(SomeRecord.HeldBy("other", duration: 5));
        driver.SeeDeleted();

        driver.Serve();
        Assert.Empty(driver.All<ElectionOutput.StartWork>());
        driver.After(4.999);
        Assert.Empty(driver.All<ElectionOutput.StartWork>());
        driver.After(0.051);
        driver.Serve();

        Assert.Single(driver.All<ElectionOutput.StartWork>());
    }

    /// <summary>
    /// Found by the long run: a leader lost its term in an outage and took the lease again; a standby without a watch had not looked since
    /// when that was deleted, and its holder's last lease, as far as it knew, had run out.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LeaseThatALookFindsGone_MayHaveBeenRenewedUntilThen_AndIsWaitedForAsAWhole(bool isEmptied)
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        driver.Give(new ElectionInput.WatchBroken(ElectorDriver.Trouble));
        driver.Server.Put(SomeRecord.HeldBy("third", renewed: 14, transitions: 1));
        if (isEmptied)
            driver.Server.Put(SomeRecord.HeldBy("", renewed: 14, transitions: 1));
        else
            driver.Server.Delete();

        AssertLeadsAfter(driver, 15);
    }

    /// <summary>Who made it anew has just started, and has never seen the holder that is waited for.</summary>
    [Fact]
    public void LeaseThatALookFindsMadeAnewAndReleased_TheOldHolderIsWaitedForAsAWhole()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 5));
        driver.Give(new ElectionInput.WatchBroken(ElectorDriver.Trouble));
        driver.Server.Delete();
        driver.Server.Put(SomeRecord.HeldBy("third"));
        driver.Server.Put(SomeRecord.Released);

        AssertLeadsAfter(driver, 15);
    }

    /// <summary>Transitions of one lease say nothing of who was waited for in another.</summary>
    [Fact]
    public void LeaseMadeAnewWithMoreTransitions_TheOldHolderKeepsItsTime()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 5));
        driver.SeeDeleted();
        driver.See(SomeRecord.HeldBy("third", transitions: 7));
        driver.See(SomeRecord.Released);

        AssertAsksAfter<ElectionOutput.Replace>(driver, 5);
    }

    /// <summary>Somebody labels a lease that was made beforehand just when we take it: it is free as before.</summary>
    [Fact]
    public void TakeOverThatCameAfterAnEditOfLabels_IsTriedAgainAtOnce()
    {
        var driver = new ElectorDriver();
        driver.Server.Put(SomeRecord.HeldBy(""));
        driver.Start();
        driver.Serve();
        driver.Sent<ElectionOutput.Replace>();
        driver.Server.Put(driver.Server.Current!.Record);
        driver.Serve();
        driver.Serve();

        driver.Sent<ElectionOutput.Replace>();
    }

    /// <summary>The presence of a member that was cut off for an hour, and was cleared away: nobody else wants it.</summary>
    [Fact]
    public void LeaseWithoutRivals_ThatIsGoneAfterTheTermWas_IsMadeAnewAtOnce()
    {
        ElectorDriver driver = ElectorDriver.Leading(settings => settings with { HasRivals = false });
        driver.Give(new ElectionInput.WatchBroken(ElectorDriver.Trouble));
        while (driver.State == LeaderElectionState.Leading)
        {
            driver.After(1);
            if (driver.Pending is not null)
                driver.Fail();
        }

        driver.WorkStopped();
        driver.Server.Delete();
        driver.IsServed = true;
        driver.After(5);

        Assert.Equal(2, driver.All<ElectionOutput.StartWork>().Count);
    }

    /// <summary>As a file's watch does, or that of a group after a list.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LeaseThatAWatchWithGapsTellsToBeGone_IsWaitedForAsAWhole(bool isEmptied)
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 5));
        driver.After(4);
        driver.Give(new ElectionInput.Watched(isEmptied
            ? new LeaseEvent.Changed(driver.Server.Put(SomeRecord.HeldBy("", duration: 5))) { HasGaps = true }
            : new LeaseEvent.Deleted(driver.Server.Delete()) { HasGaps = true }));

        AssertLeadsAfter(driver, 15);
    }

    [Fact]
    public void LeaseThatALookFindsGone_AfterOneThatLastedLonger_IsWaitedForAsLongAsThat()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 40));
        driver.Give(new ElectionInput.WatchBroken(ElectorDriver.Trouble));
        driver.Server.Delete();

        AssertLeadsAfter(driver, 40);
    }

    [Fact]
    public void TakeOverThatCameTooLate_AndNoLeaseAtTheLookAfterIt_SomebodyIsWaitedFor()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.Sent<ElectionOutput.Replace>();
        driver.Server.Put(SomeRecord.HeldBy("other", transitions: 1));
        driver.Server.Delete();

        AssertLeadsAfter(driver, 15);
    }

    [Fact]
    public void LeaderThatFindsItsLeaseGone_HasItAgainAsSoonAsItsWorkHasStopped()
    {
        ElectorDriver driver = ElectorDriver.Leading();
        driver.Give(new ElectionInput.WatchBroken(ElectorDriver.Trouble));
        driver.Server.Delete();
        driver.IsServed = true;
        driver.After(3);
        Assert.Equal(StopReason.LeaseDeleted, driver.StoppedWork());

        driver.WorkStopped();

        Assert.Equal(2, driver.All<ElectionOutput.StartWork>().Count);
    }

    [Fact]
    public void LeaseThatWasNeverSeenHeld_IsFree()
    {
        var driver = new ElectorDriver { IsServed = true };
        driver.Server.Put(SomeRecord.HeldBy(""));

        driver.Start();

        Assert.Single(driver.All<ElectionOutput.StartWork>());
    }

    /// <summary>Somebody cuts the duration of a living lease; how long its holder works on does not hang on that.</summary>
    [Fact]
    public void DurationThatWasCut_SeenWithTheLastRenewal_ChangesNothingOfWhatTheTermWasPromised()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 5));
        driver.After(2);
        driver.See(SomeRecord.HeldBy("other", renewed: 2, duration: 1));

        AssertAsksAfter<ElectionOutput.Replace>(driver, 5);
    }

    /// <summary>
    /// Otherwise an hour that somebody wrote by mistake would be waited for after each renewal, for as long as the term lasts.
    /// </summary>
    [Fact]
    public void DurationThatItsHolderHasPutRight_IsThatOfItsNextRenewals()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 60));
        for (int second = 5; second <= 60; second += 5)
        {
            driver.After(5);
            driver.See(SomeRecord.HeldBy("other", renewed: second, duration: 5));
        }

        AssertAsksAfter<ElectionOutput.Replace>(driver, 5);
    }

    /// <summary>It asks for the lease at that instant, and not a millisecond before.</summary>
    private static void AssertAsksAfter<T>(ElectorDriver driver, double seconds)
        where T : ElectionOutput
    {
        driver.After(seconds - 0.001);
        driver.SentNothing();
        driver.After(0.001);
        driver.Sent<T>();
    }

    /// <summary>The server answers from now on, and it leads about then, though it may look meanwhile.</summary>
    private static void AssertLeadsAfter(ElectorDriver driver, double seconds)
    {
        driver.IsServed = true;
        driver.After(seconds - 0.1);
        Assert.Empty(driver.All<ElectionOutput.StartWork>());
        driver.After(0.2);
        Assert.Single(driver.All<ElectionOutput.StartWork>());
    }
}
