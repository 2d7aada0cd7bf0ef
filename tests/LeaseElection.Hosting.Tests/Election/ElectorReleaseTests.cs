using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>Giving the lease up over a store that answers anything (design 5, rule 10).</summary>
public class ElectorReleaseTests
{
    /// <summary>
    /// client-go's "release acquired lock on cancellation of update": what is under way is awaited, then its version released.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RenewalUnderWay_IsAwaitedBeforeTheRelease(bool committed)
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.StopHost();
        driver.WorkStopped();
        driver.Sent<ElectionOutput.Replace>();

        driver.LoseReply(committed);
        driver.IsServed = true;
        driver.After(1);

        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Single(driver.Told<ElectionEvent.Released>());
    }

    /// <summary>A dead connection must not make the others wait for a whole lease: the budget is that of the release alone.</summary>
    [Fact]
    public void RenewalUnderWay_Hangs_LeavesTheReleaseItsBudget()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        TimeSpan hangs = driver.Sent<ElectionOutput.Replace>().Timeout;
        Assert.True(hangs > ElectorSettings.ReleaseTimeout);
        driver.StopHost();
        driver.WorkStopped();

        driver.After(hangs.TotalSeconds);
        driver.LoseReply(committed: false);
        driver.IsServed = true;
        driver.After(1);

        Assert.Single(driver.Told<ElectionEvent.Released>());
        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
    }

    /// <summary>One of hundreds that are given up at once may wait in a queue for longer than a request does.</summary>
    [Fact]
    public void ReleaseOfMany_TimedOut_IsTriedAgain()
    {
        var driver = ElectorDriver.Leading(settings => settings with { ReleaseWithin = TimeSpan.FromSeconds(7) });
        driver.After(1);
        driver.StopHost();
        driver.WorkStopped();

        driver.After(ElectorSettings.RequestTimeout.TotalSeconds);
        driver.LoseReply(committed: false);
        driver.IsServed = true;
        driver.After(1);

        Assert.Single(driver.Told<ElectionEvent.Released>());
        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
    }

    /// <summary>client-go's "release retries on conflict".</summary>
    [Fact]
    public void ReleaseThatConflicts_IsReadAndWrittenAgain()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();
        driver.WorkStopped();
        driver.Server.Put(driver.Server.Current!.Record);

        driver.Serve();
        driver.Serve();
        driver.Serve();

        Assert.Equal("", driver.Server.Current!.Record.HolderIdentity);
        Assert.Equal(LeaderElectionState.Stopped, driver.State);
    }

    /// <summary>client-go's "give up release when another holds".</summary>
    [Fact]
    public void ReleaseThatFindsAnotherHolder_GivesUp()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();
        driver.WorkStopped();
        driver.Server.Put(SomeRecord.HeldBy("successor", transitions: 1));

        driver.Serve();
        driver.Serve();

        driver.SentNothing();
        Assert.Equal("successor", driver.Server.Current!.Record.HolderIdentity);
        Assert.Equal(LeaderElectionState.Stopped, driver.State);
    }

    [Fact]
    public void ReleaseWithoutAnswer_EndsAfterItsBudget()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();
        driver.WorkStopped();
        Assert.Equal(TimeSpan.FromSeconds(2), driver.Sent<ElectionOutput.Replace>().Timeout);
        driver.After(2);

        driver.LoseReply(committed: false);

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Single(driver.Told<ElectionEvent.NotReleased>());
    }

    [Fact]
    public void ReleaseThatFails_IsRetriedWithinItsBudget()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();
        driver.WorkStopped();

        driver.Fail();
        driver.After(0.2);
        driver.Sent<ElectionOutput.Read>();
        driver.Serve();
        driver.Serve();

        Assert.Single(driver.Told<ElectionEvent.Released>());
    }

    [Fact]
    public void ReleaseThatIsToldToStayAway_IsNotReleased()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();
        driver.WorkStopped();
        driver.Fail(new LeaseStoreError(LeaseStoreErrorKind.Throttled, "busy") { RetryAfter = TimeSpan.FromSeconds(32) });

        driver.After(2);

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Equal("busy", Assert.Single(driver.Told<ElectionEvent.NotReleased>()).Error?.Message);
    }

    [Fact]
    public void ReleaseWhoseReplyWasLost_IsToldReleasedOnceReadBack()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();
        driver.WorkStopped();
        driver.LoseReply(committed: true);
        driver.After(0.2);

        driver.Serve();

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Single(driver.Told<ElectionEvent.Released>());
    }

    [Fact]
    public void ReleaseSeenByTheWatchBeforeItsReply_IsToldAsARelease()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();
        driver.WorkStopped();
        ElectionInput reply = driver.Server.Answer(driver.Sent<ElectionOutput.Replace>());

        driver.See(driver.Server.Current!);
        driver.Reply(reply);

        Assert.Single(driver.Told<ElectionEvent.Released>());
        Assert.Empty(driver.Told<ElectionEvent.HolderChanged>());
    }

    /// <summary>
    /// Found by the simulator, seed 231672: reads that were behind the server made write, conflict and read chase each other for the two
    /// seconds that a release has.
    /// </summary>
    [Fact]
    public void ReleaseThatConflictsAgainAndAgain_IsPaced()
    {
        var driver = ElectorDriver.Leading();
        Lease ours = driver.Server.Current!;
        driver.StepDown();
        driver.WorkStopped();

        int requests = 0;
        for (; driver.Pending is not null && requests < 10; requests++)
            driver.Reply(driver.Pending is ElectionOutput.Read ? new ElectionInput.ReadFound(ours) : new ElectionInput.WriteConflicted());

        Assert.Equal(3, requests); // A write, one look at once, another write; then a pause.
    }
}
