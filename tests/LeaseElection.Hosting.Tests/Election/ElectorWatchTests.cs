using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>The life of the watch: what wakes a standby, and what happens when nothing does (design 6).</summary>
public class ElectorWatchTests
{
    private static readonly LeaseStoreError Denied = new(LeaseStoreErrorKind.Forbidden, "grant the verb watch");
    private static readonly LeaseStoreError Gone = new(LeaseStoreErrorKind.Gone, "too old");

    [Fact]
    public void ReadLease_IsWatchedFromItsVersion()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));

        Assert.Equal(driver.Server.Current!.ResourceVersion, Assert.Single(driver.All<ElectionOutput.Watch>()).ResourceVersion);
    }

    [Fact]
    public void CreatedLease_IsWatchedByItsLeader()
    {
        var driver = ElectorDriver.Leading();

        Assert.Equal(driver.Server.Current!.ResourceVersion, Assert.Single(driver.All<ElectionOutput.Watch>()).ResourceVersion);
    }

    [Fact]
    public void WatchedStandby_AsksNothing()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        for (int i = 1; i <= 100; i++)
        {
            driver.After(3);
            driver.See(SomeRecord.HeldBy("other", renewed: 3 * i));
        }

        Assert.Single(driver.All<ElectionOutput.Read>());
        Assert.Single(driver.All<ElectionOutput.Watch>());
    }

    [Fact]
    public void WatchedLeader_WritesOncePerRenewInterval_AndAsksNothingElse()
    {
        var driver = ElectorDriver.Leading();
        driver.IsServed = true;

        driver.After(300);

        Assert.Equal(100, driver.All<ElectionOutput.Replace>().Count);
        Assert.Single(driver.All<ElectionOutput.Read>());
        Assert.Single(driver.All<ElectionOutput.Watch>());
    }

    [Fact]
    public void EventOfOurOwnWriteBeforeItsReply_IsNoNews()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        ElectionInput reply = driver.Server.Answer(driver.Sent<ElectionOutput.Replace>());

        driver.See(driver.Server.Current!);
        driver.Reply(reply);

        Assert.Single(driver.All<ElectionOutput.ExtendTerm>());
        Assert.Empty(driver.All<ElectionOutput.StopWork>());
        Assert.Empty(driver.Told<ElectionEvent.IdentityInUse>());
    }

    [Fact]
    public void EventOfOurTakeOverBeforeItsReply_StartsNothing()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        ElectionInput reply = driver.Server.Answer(driver.Sent<ElectionOutput.Replace>());

        driver.See(driver.Server.Current!);
        Assert.Empty(driver.All<ElectionOutput.StartWork>());
        driver.Reply(reply);

        Assert.Single(driver.All<ElectionOutput.StartWork>());
    }

    [Theory]
    [InlineData("105")]
    [InlineData("opaque")]
    public void EventOfASuccessorBeforeTheReplyToOurTakeOver_StartsNothing(string version)
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        ElectionInput reply = driver.Server.Answer(driver.Sent<ElectionOutput.Replace>());
        driver.See(driver.Server.Current! with { ResourceVersion = version, Record = SomeRecord.HeldBy("thief", transitions: 9) });

        driver.Reply(reply);

        Assert.Empty(driver.All<ElectionOutput.StartWork>());
        Assert.Equal(LeaderElectionState.Standby, driver.State);
        driver.SentNothing();
    }

    [Fact]
    public void EventOfASuccessorBeforeTheReplyToOurRenewal_TheTermStaysLost()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        ElectionInput reply = driver.Server.Answer(driver.Sent<ElectionOutput.Replace>());
        driver.After(0.1);
        driver.See(SomeRecord.HeldBy("thief", transitions: 1));

        driver.Reply(reply);

        Assert.Equal(StopReason.OtherHolder, driver.StoppedWork());
        Assert.Equal("thief", driver.Elector.Lease!.Record.HolderIdentity);
        Assert.Empty(driver.All<ElectionOutput.ExtendTerm>());
    }

    [Fact]
    public void WatchThatLags_ItsOldEventsAreIgnored()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", transitions: 1));
        Lease old = driver.Server.Current!;
        driver.See(SomeRecord.Released with { LeaseTransitions = 1 });
        driver.Serve();
        Assert.Equal(LeaderElectionState.Leading, driver.State);

        driver.See(old);
        driver.Give(new ElectionInput.Watched(new LeaseEvent.Deleted(old.ResourceVersion)));

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal(ElectorDriver.Me, driver.Elector.Lease!.Record.HolderIdentity);
    }

    [Fact]
    public void EventWhileAReadIsUnderWay_TheOlderReplyIsIgnored()
    {
        var driver = new ElectorDriver();
        Lease old = driver.Server.Put(SomeRecord.Released);
        driver.Start();
        driver.After(0.1);
        driver.See(SomeRecord.HeldBy("other", transitions: 1));

        driver.Reply(new ElectionInput.ReadFound(old));

        driver.SentNothing();
        Assert.Equal("other", driver.Elector.Lease!.Record.HolderIdentity);
    }

    [Fact]
    public void ClosedInGoodOrder_IsOpenedWhereItEnded_WithoutARead()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        driver.After(5);
        Lease last = driver.See(SomeRecord.HeldBy("other", renewed: 5));

        driver.Give(new ElectionInput.WatchEnded());

        driver.SentNothing();
        Assert.Equal(last.ResourceVersion, driver.All<ElectionOutput.Watch>()[^1].ResourceVersion);
        Assert.Equal(2, driver.All<ElectionOutput.Watch>().Count);
    }

    [Fact]
    public void Broken_IsReadFirstAndThenOpened()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        driver.After(5);

        driver.Give(new ElectionInput.WatchBroken(Gone));
        driver.Sent<ElectionOutput.Read>();
        Assert.Single(driver.All<ElectionOutput.Watch>());
        driver.Serve();

        Assert.Equal(2, driver.All<ElectionOutput.Watch>().Count);
        Assert.Same(Gone, Assert.Single(driver.Told<ElectionEvent.WatchLost>()).Error);
    }

    [Fact]
    public void BrokenUnderALeader_ItsNextRenewalTellsTheVersionToWatchFrom()
    {
        var driver = ElectorDriver.Leading();
        driver.After(2);

        driver.Give(new ElectionInput.WatchBroken(Gone));
        driver.SentNothing();
        driver.After(1);
        driver.Serve();

        Assert.Equal(driver.Server.Current!.ResourceVersion, driver.All<ElectionOutput.Watch>()[^1].ResourceVersion);
        Assert.Equal(2, driver.All<ElectionOutput.Watch>().Count);
    }

    [Fact]
    public void SilentForTwoRenewIntervals_IsReplaced()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));

        driver.After(5.999);
        driver.SentNothing();
        driver.After(0.001);
        driver.Serve();

        Assert.Equal(2, driver.All<ElectionOutput.Watch>().Count);
        Assert.Null(Assert.Single(driver.Told<ElectionEvent.WatchLost>()).Error);
    }

    /// <summary>A holder that renews more slowly than we would: its watch is not silent, it has nothing to tell.</summary>
    [Fact]
    public void HolderWithALongLease_ItsSilenceIsMeasuredByItsOwnLease()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 60));

        driver.After(23.999);
        driver.SentNothing();
        driver.After(0.001);

        driver.Sent<ElectionOutput.Read>();
    }

    [Fact]
    public void Bookmarks_BreakTheSilence()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        driver.After(5);
        driver.Give(new ElectionInput.Watched(new LeaseEvent.Bookmark("200")));

        driver.After(5.999);

        driver.SentNothing();
    }

    [Fact]
    public void SilentWatch_TheTakeOverIsNotMissed()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        driver.Server.Put(SomeRecord.HeldBy("other", renewed: 3));
        driver.After(6);
        driver.Serve();
        driver.IsServed = true;

        driver.After(15);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void Conflict_BringsANewWatch()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.After(1.5);
        driver.Server.Put(SomeRecord.HeldBy("faster"));

        driver.Serve();
        driver.Serve();

        Assert.Equal(driver.Server.Current!.ResourceVersion, driver.All<ElectionOutput.Watch>()[^1].ResourceVersion);
        Assert.Equal(2, driver.All<ElectionOutput.Watch>().Count);
    }

    [Fact]
    public void Denied_PollsEveryRetryPeriodAndTriesAgainEveryMinute()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 3600));
        driver.Give(new ElectionInput.WatchBroken(Denied));
        driver.IsServed = true;

        driver.After(59.9);
        Assert.InRange(driver.All<ElectionOutput.Read>().Count, 30, 34);
        Assert.Single(driver.All<ElectionOutput.Watch>());
        driver.After(0.1);
        Assert.Equal(2, driver.All<ElectionOutput.Watch>().Count);
        driver.Give(new ElectionInput.WatchBroken(Denied));
        driver.After(60);

        Assert.Equal(3, driver.All<ElectionOutput.Watch>().Count);
        Assert.Same(Denied, Assert.Single(driver.Told<ElectionEvent.WatchDenied>()).Error);
        Assert.Empty(driver.Told<ElectionEvent.WatchLost>());
    }

    /// <summary>An API server that is overloaded would else be asked for more than by polling: a read and a watch each second.</summary>
    [Theory]
    [InlineData(15, 15)]
    [InlineData(3600, 60)]
    public void Throttled_PollsUntilItMayAskAgain(int retryAfter, int opened)
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 3600));
        driver.Give(new ElectionInput.WatchBroken(
            new LeaseStoreError(LeaseStoreErrorKind.Throttled, "429") { RetryAfter = TimeSpan.FromSeconds(retryAfter) }));
        driver.IsServed = true;

        driver.After(opened - 0.1);
        Assert.InRange(driver.All<ElectionOutput.Read>().Count, opened / 2, (opened / 2) + 4);
        Assert.Single(driver.All<ElectionOutput.Watch>());
        driver.After(0.1);

        Assert.Equal(2, driver.All<ElectionOutput.Watch>().Count);
    }

    [Fact]
    public void DeniedAndPermittedAgain_SaysSoAndPollsNoMore()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        driver.Give(new ElectionInput.WatchBroken(Denied));
        driver.IsServed = true;
        driver.Server.Put(SomeRecord.HeldBy("other", duration: 3600));
        driver.After(60);

        driver.See(SomeRecord.HeldBy("other", renewed: 60));
        int reads = driver.All<ElectionOutput.Read>().Count;
        driver.After(5);

        Assert.Single(driver.Told<ElectionEvent.WatchRestored>());
        Assert.Equal(reads, driver.All<ElectionOutput.Read>().Count);
    }

    [Fact]
    public void PollingStandby_TakesOverWhenTheLeaseRunsOut()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 4));
        driver.Give(new ElectionInput.WatchBroken(Denied));
        driver.IsServed = true;

        driver.After(4);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WatchThatIsClosedAtOnceAgainAndAgain_IsReopenedOnceASecondAtMost(bool inGoodOrder)
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 3600));
        driver.IsServed = true;
        for (int i = 0; i < 600; i++)
        {
            if (driver.IsWatching)
                driver.Give(inGoodOrder ? new ElectionInput.WatchEnded() : new ElectionInput.WatchBroken(Gone));
            driver.After(0.1);
        }

        Assert.InRange(driver.All<ElectionOutput.Watch>().Count, 50, 70);
        Assert.InRange(driver.All<ElectionOutput.Read>().Count, 1, 70);
    }

    [Fact]
    public void ShuttingDown_OpensNoWatch()
    {
        var driver = ElectorDriver.Leading();
        driver.After(2);
        driver.StopHost();

        driver.Give(new ElectionInput.WatchEnded());
        driver.After(5);

        Assert.Single(driver.All<ElectionOutput.Watch>());
    }
}
