using System.Globalization;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>When a group is listed and when it is watched, and how long its leases count as alive (design 5, rule 2).</summary>
public sealed class GroupKeeperTests
{
    private static readonly LeaseStoreError Denied = new(LeaseStoreErrorKind.Forbidden, "grant it");
    private static readonly LeaseStoreError Gone = new(LeaseStoreErrorKind.Gone, "too old");

    private readonly GroupKeeper _keeper = new(
        ElectorDriver.Defaults with { LeaseDuration = TimeSpan.FromSeconds(40), RenewInterval = TimeSpan.FromSeconds(10) },
        new SteadyRandom(0));
    private readonly List<ElectionOutput> _log = [];
    private TimeSpan _now = TimeSpan.FromSeconds(1000);
    private TimeSpan? _wakeAt;

    private GroupView View => _keeper.View;

    [Fact]
    public void Start_ListsThenWatchesFromTheVersionOfTheList()
    {
        Give(new GroupInput.TimerFired());
        Assert.Single(All<ElectionOutput.Read>());
        Assert.False(View.IsComplete);

        Listed(7, ("a", 5, SomeRecord.HeldBy("a", duration: 40)));

        Assert.Equal("7", Assert.Single(All<ElectionOutput.Watch>()).ResourceVersion);
        Assert.True(View.IsFreshAt(_now));
        Assert.Equal("a", View.Find("a")!.Holder);
    }

    [Fact]
    public void WatchThatEndsInGoodOrder_GoesOnFromTheLastVersionWithoutAList()
    {
        Begin();
        Saw("a", 8, 1);
        Give(new GroupInput.Watched(new LeaseGroupEvent.Bookmark("12")));
        After(2);

        Give(new GroupInput.WatchEnded());

        Assert.Single(All<ElectionOutput.Read>());
        Assert.Equal(["7", "12"], All<ElectionOutput.Watch>().Select(watch => watch.ResourceVersion));
    }

    [Fact]
    public void WatchThatBreaks_IsListedAgainAndWatchedFromThere()
    {
        Begin();
        After(2);

        Give(new GroupInput.WatchBroken(Gone));
        Assert.Equal(2, All<ElectionOutput.Read>().Count);
        Assert.Single(All<ElectionOutput.Watch>());
        Listed(20, ("b", 19, SomeRecord.HeldBy("b", duration: 40)));

        Assert.Equal("20", All<ElectionOutput.Watch>()[^1].ResourceVersion);
        Assert.Equal(["b"], View.Leases.Keys);
    }

    /// <summary>Whoever is well renews more than twice within the duration of its lease.</summary>
    [Theory]
    [InlineData(40, 20)]
    [InlineData(15, 7.5)]
    [InlineData(600, 20)]
    public void WatchThatIsSilentForHalfTheShortestLease_IsListedAgain(int duration, double silence)
    {
        Begin(duration);

        After(silence - 0.25);
        Assert.Single(All<ElectionOutput.Read>());
        Assert.True(View.IsFreshAt(_now));
        After(0.25);

        Assert.Equal(2, All<ElectionOutput.Read>().Count);
        Assert.False(View.IsFreshAt(_now));
        Assert.Single(Told<ElectionEvent.WatchLost>());
    }

    [Fact]
    public void ShortLeaseOfADeadHolder_NoLongerMakesTheWatchSuspicious()
    {
        Begin(duration: 15);
        for (int renewed = 1; renewed <= 4; renewed++)
        {
            After(5);
            Saw("other", 10 + renewed, renewed);
        }

        Assert.Single(All<ElectionOutput.Read>());
        After(15);

        Assert.Single(All<ElectionOutput.Read>());
    }

    /// <summary>It need not tell anything for longer then, and what is known is as fresh as before.</summary>
    [Fact]
    public void ShortLeaseThatRunsOut_LetsTheViewStayFreshForLonger()
    {
        Begin(duration: 15);
        After(5);
        Give(new GroupInput.Watched(new LeaseGroupEvent.Bookmark("8")));
        After(5);
        Give(new GroupInput.Watched(new LeaseGroupEvent.Bookmark("9")));
        Assert.Equal(TimeSpan.FromSeconds(1017.5), View.FreshUntil);

        After(7.5);

        Assert.Equal(TimeSpan.FromSeconds(1030), View.FreshUntil);
        Assert.Single(All<ElectionOutput.Read>());
    }

    [Fact]
    public void EventsOfAWatchThatWasGivenUp_AreOlderThanTheListAndDropped()
    {
        Begin();
        After(20);
        Saw("a", 9, 1);
        Assert.Equal("6", View.Find("a")!.Lease.ResourceVersion);

        Listed(20, ("a", 15, SomeRecord.HeldBy("a", renewed: 2, duration: 40)));

        Assert.Equal("15", View.Find("a")!.Lease.ResourceVersion);
    }

    [Fact]
    public void WatchDenied_ListsEveryRetryPeriodAndTriesAMinuteLater()
    {
        Give(new GroupInput.TimerFired());
        for (int version = 7; _now < TimeSpan.FromSeconds(1057); version++)
        {
            Listed(version);
            if (version == 7)
                Give(new GroupInput.WatchBroken(Denied));
            Assert.True(View.IsFreshAt(_now));
            After(2);
            Assert.True(View.IsFreshAt(_now));
        }

        Assert.InRange(All<ElectionOutput.Read>().Count, 28, 34);
        Assert.Single(All<ElectionOutput.Watch>());
        Assert.Single(Told<ElectionEvent.WatchDenied>());
        Listed(99);
        After(2);
        Listed(100);
        Give(new GroupInput.WatchBroken(Denied));

        Assert.Equal(2, All<ElectionOutput.Watch>().Count);
        Assert.Single(Told<ElectionEvent.WatchDenied>());
    }

    [Fact]
    public void ListForbidden_IsAskedForOnceAMinuteOnly()
    {
        Give(new GroupInput.TimerFired());
        Give(new GroupInput.ListFailed(Denied));
        After(59);
        Assert.Single(All<ElectionOutput.Read>());
        After(1);
        Assert.Equal(2, All<ElectionOutput.Read>().Count);
        Listed(7);

        Assert.True(View.IsComplete);
        Assert.Equal(1, Assert.Single(Told<ElectionEvent.StoreRecovered>()).Failures);
    }

    [Fact]
    public void ListFails_IsRetriedWithGrowingPausesUpToTheRetryPeriod()
    {
        Give(new GroupInput.TimerFired());
        for (int second = 0; second < 60; second++)
        {
            if (All<ElectionOutput.Read>().Count > Told<ElectionEvent.StoreFailed>().Count)
                Give(new GroupInput.ListFailed(ElectorDriver.Trouble));
            After(1);
        }

        Assert.InRange(All<ElectionOutput.Read>().Count, 25, 36);
        Assert.Empty(All<ElectionOutput.Watch>());
    }

    [Fact]
    public void Liveness_CountsFromWhenAChangeOfTheRecordWasReceived()
    {
        Begin();
        Assert.True(View.Find("a")!.IsLiveAt(_now + TimeSpan.FromSeconds(39.9)));
        Assert.False(View.Find("a")!.IsLiveAt(_now + TimeSpan.FromSeconds(40)));
        After(10);

        // An edit of labels changes the version and not the record: it keeps nobody alive.
        Lease edited = Lease(9, SomeRecord.HeldBy("a", duration: 40));
        Give(new GroupInput.Watched(new LeaseGroupEvent.Changed("a", edited)));
        Assert.Equal(TimeSpan.FromSeconds(1040), View.Find("a")!.LiveUntil);

        Saw("a", 10, 1, duration: 40);
        Assert.Equal(TimeSpan.FromSeconds(1050), View.Find("a")!.LiveUntil);
        Assert.Equal(TimeSpan.FromSeconds(1050), View.NextEndAfter(_now));
    }

    [Fact]
    public void ListThatShowsTheSameRecordAgain_KeepsNobodyAlive()
    {
        Begin();
        After(20);

        Listed(30, ("a", 6, SomeRecord.HeldBy("a", duration: 40)));
        Assert.Equal(TimeSpan.FromSeconds(1040), View.Find("a")!.LiveUntil);
        After(20);
        Listed(31, ("a", 6, SomeRecord.HeldBy("a", duration: 40)));

        Assert.False(View.Find("a")!.IsLiveAt(_now));
    }

    [Fact]
    public void News_IsWhatIsMoreThanASignOfLife()
    {
        Begin();
        long news = View.News;
        After(10);
        Saw("a", 8, 1, duration: 40);
        Assert.Equal(news, View.News);

        Give(new GroupInput.Watched(new LeaseGroupEvent.Changed("a", Lease(9, SomeRecord.Released))));
        Assert.Equal(news + 1, View.News);
        Give(new GroupInput.Watched(new LeaseGroupEvent.Gone("a", "10")));
        Assert.Equal(news + 2, View.News);
        Saw("b", 11, 1);
        Assert.Equal(news + 3, View.News);
    }

    [Fact]
    public void HolderThatWasSilentTooLong_IsNewsWhenItRenews()
    {
        Begin();
        for (int i = 0; i < 5; i++)
        {
            After(10);
            Give(new GroupInput.Watched(new LeaseGroupEvent.Bookmark("7")));
        }

        Assert.False(View.Find("a")!.IsLiveAt(_now));
        long news = View.News;
        Saw("a", 8, 1, duration: 40);

        Assert.Equal(news + 1, View.News);
        Assert.True(View.Find("a")!.IsLiveAt(_now));
    }

    /// <summary>The file store knows: of exactly this version, and no other (design 5, rule 16).</summary>
    [Theory]
    [InlineData("6", false)]
    [InlineData("5", true)]
    public void HolderProvenDead_IsNotAliveAnyMore(string version, bool isLive)
    {
        Begin();
        long news = View.News;

        Give(new GroupInput.Watched(new LeaseGroupEvent.HolderDead("a", version)));

        Assert.Equal(isLive, View.Find("a")!.IsLiveAt(_now));
        Assert.Equal(isLive ? news : news + 1, View.News);
        Assert.Equal(!isLive, View.Find("a")!.IsProvenDead);

        Saw("a", 8, 1, duration: 40);
        Assert.False(View.Find("a")!.IsProvenDead);
    }

    [Fact]
    public void HolderProvenDead_LeaseIsEditedThen_IsDeadStill()
    {
        Begin();
        Give(new GroupInput.Watched(new LeaseGroupEvent.HolderDead("a", "6")));

        Give(new GroupInput.Watched(new LeaseGroupEvent.Changed("a", View.Find("a")!.Lease with { ResourceVersion = "8" })));
        Assert.True(View.Find("a")!.IsProvenDead);
        Assert.False(View.Find("a")!.IsLiveAt(_now));

        Give(new GroupInput.Watched(new LeaseGroupEvent.HolderDead("a", "8")));
        Assert.Equal(["a"], _keeper.Touched);
    }

    /// <summary>Somebody deleted the lease of one who may work still, and another who knew nothing of him made it anew and died.</summary>
    [Fact]
    public void HolderProvenDead_HolderBeforeIsWaitedFor_IsNoProofThatItIsFree()
    {
        Begin(duration: 40);
        Give(new GroupInput.Watched(new LeaseGroupEvent.Changed("a", new Lease
        {
            ResourceVersion = "8",
            Uid = "anew",
            Record = SomeRecord.HeldBy("b", duration: 15),
        })));

        Give(new GroupInput.Watched(new LeaseGroupEvent.HolderDead("a", "8")));

        Assert.False(View.Find("a")!.IsProvenDead);
        Assert.True(View.Find("a")!.IsLiveAt(_now));
    }

    private void Begin(int duration = 40)
    {
        Give(new GroupInput.TimerFired());
        Listed(7, ("a", 6, SomeRecord.HeldBy("a", duration: duration)));
    }

    private void Listed(long version, params (string Name, long Version, LeaseRecord Record)[] leases) => Give(new GroupInput.Listed(
        leases.ToDictionary(lease => lease.Name, lease => Lease(lease.Version, lease.Record)),
        version.ToString(CultureInfo.InvariantCulture)));

    private void Saw(string name, long version, int renewed, int duration = 40) =>
        Give(
            new GroupInput.Watched(
                new LeaseGroupEvent.Changed(name, Lease(version, SomeRecord.HeldBy(name, renewed, duration: duration)))));

    private static Lease Lease(long version, LeaseRecord record) => new()
    {
        ResourceVersion = version.ToString(CultureInfo.InvariantCulture),
        Uid = "uid",
        Record = record,
    };

    private void Give(GroupInput input)
    {
        foreach (ElectionOutput output in _keeper.Handle(input, new ElectionTime(_now, DateTimeOffset.UnixEpoch + _now)))
        {
            _log.Add(output);
            if (output is ElectionOutput.WakeAt wake)
                _wakeAt = wake.Instant;
        }
    }

    private void After(double seconds)
    {
        TimeSpan end = _now + TimeSpan.FromSeconds(seconds);
        while (_wakeAt <= end)
        {
            Assert.True(_wakeAt > _now);
            (_now, _wakeAt) = (_wakeAt.Value, null);
            Give(new GroupInput.TimerFired());
        }

        _now = end;
    }

    private IReadOnlyList<T> All<T>() => [.. _log.OfType<T>()];

    private IReadOnlyList<T> Told<T>() => [.. All<ElectionOutput.Report>().Select(report => report.Event).OfType<T>()];
}
