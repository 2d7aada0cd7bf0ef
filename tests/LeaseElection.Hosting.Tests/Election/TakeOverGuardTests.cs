using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Election.Notes;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>
/// Work that kills its leaders is told of, and slowed down where that is asked for (design 5, rule 18). A lease is 15 s, a renewal falls
/// due
/// after 3 s.
/// </summary>
public class TakeOverGuardTests
{
    private const string Annotation = "term.leaseelection.dev/takeovers-without-release";
    private const string OfOther = "2026-01-01T00:00:00.000000Z other ";

    private static readonly LeaseStoreError Refused = new(LeaseStoreErrorKind.Rejected, "admission webhook denied the request");

    [Fact]
    public void TakeOver_ReleasedLease_SaysNothing()
    {
        var driver = StandingBy(count: "7");

        driver.See(SomeRecord.Released);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Empty(driver.Server.Current!.ReadAnnotations());
    }

    [Fact]
    public void TakeOver_NewLease_SaysNothing()
    {
        var driver = ElectorDriver.Leading(Guarded);

        Assert.Empty(driver.Server.Current!.ReadAnnotations());
    }

    [Theory]
    [InlineData(null, "1")]
    [InlineData("1", "2")]
    [InlineData("2", "3")]
    [InlineData("8", "9")]
    [InlineData("2147483647", "2147483647")]
    [InlineData("2147483648", "1")]
    [InlineData("99999999999999999999", "1")]
    [InlineData("-7", "1")]
    [InlineData("3.5", "1")]
    [InlineData("many", "1")]
    [InlineData("", "1")]
    public void TakeOver_HolderIsDead_SaysHowManyThereWereInARow(string? before, string after)
    {
        var driver = StandingBy(before);

        driver.After(400);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal(after, driver.All<ElectionOutput.Replace>()[0].Annotations[Annotation]!.Split(' ')[2]);
        Assert.Single(
            driver.All<ElectionOutput.Replace>(),
            write => write.Record.LeaseTransitions == 1 && write.Current.Record.HolderIdentity == "other");
    }

    [Theory]
    [InlineData(null, 15)]
    [InlineData("1", 15)]
    [InlineData("2", 15)]
    [InlineData("3", 15 + 15)]
    [InlineData("4", 15 + 30)]
    [InlineData("5", 15 + 60)]
    [InlineData("6", 15 + 120)]
    [InlineData("7", 15 + 240)]
    [InlineData("8", 15 + 300)]
    [InlineData("40", 15 + 300)]
    [InlineData("2147483647", 15 + 300)]
    [InlineData("-3", 15)]
    [InlineData("99999999999999999999", 15)]
    public void HolderIsDead_WaitsTheLongerTheMoreThereWere(string? count, double seconds)
    {
        var driver = StandingBy(count);

        driver.LeadsAfter(seconds);
    }

    [Fact]
    public void HolderRenews_TheWaitBeginsAnew()
    {
        var driver = StandingBy("3");
        driver.After(29);

        driver.See(SomeRecord.HeldBy("other", renewed: 29));

        driver.LeadsAfter(30);
    }

    [Fact]
    public void NoteIsTakenAway_WhoWaitsForNothingElseTakesOverAtOnce()
    {
        var driver = StandingBy("8");
        driver.After(100);
        Assert.Equal(LeaderElectionState.Standby, driver.State);

        driver.Annotate(Annotation, null);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void OtherAnnotationIsEdited_TheWaitGoesOn()
    {
        var driver = StandingBy("3");
        driver.After(20);

        driver.Annotate("owner", "alice");
        driver.After(9.999);
        Assert.Equal(LeaderElectionState.Standby, driver.State);
        driver.After(0.001);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void HolderReleasesAfterAll_IsTakenAtOnce()
    {
        var driver = StandingBy("8");
        driver.After(100);

        driver.See(SomeRecord.Released);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void LeaseIsDeleted_IsTakenAtOnce()
    {
        var driver = StandingBy("8");
        driver.After(100);

        driver.SeeDeleted();

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Empty(driver.Server.Current!.ReadAnnotations());
    }

    [Fact]
    public void HolderIsProvenDead_TheWaitIsNoShorter()
    {
        var driver = StandingBy("3");

        driver.Give(new ElectionInput.Watched(new LeaseEvent.HolderDead(driver.Server.Current!.ResourceVersion)));

        driver.LeadsAfter(30);
    }

    [Fact]
    public void HolderIsProvenDead_FewerThanThreeInARow_IsTakenAtOnce()
    {
        var driver = StandingBy("2");

        driver.Give(new ElectionInput.Watched(new LeaseEvent.HolderDead(driver.Server.Current!.ResourceVersion)));

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    /// <summary>It keeps the annotations, and what they say is of the term before its own.</summary>
    [Fact]
    public void AnotherElectorTakesOverAndDies_TheRowBeginsAnew()
    {
        var driver = StandingBy("8");
        driver.See(SomeRecord.HeldBy("client-go", renewed: 400, transitions: 1) with { AcquireTime = driver.Now.Wall });

        driver.After(15);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal("1", driver.Shown(TakeOverGuard.Key));
    }

    [Fact]
    public void OwnLeaseAfterAnOutage_IsNeitherCountedNorWaitedFor()
    {
        var driver = StandingBy("4");
        driver.After(45);
        Assert.Equal("5", driver.Shown(TakeOverGuard.Key));
        driver.IsServed = false;
        driver.After(2.999);
        while (driver.State == LeaderElectionState.Leading)
        {
            if (driver.Pending is not null)
                driver.Fail();
            driver.After(0.1);
        }

        driver.IsServed = true;
        driver.WorkStopped();
        driver.After(4);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal("5", driver.Shown(TakeOverGuard.Key));
    }

    [Fact]
    public void Release_TakesTheNoteAway()
    {
        var driver = StandingBy("2");
        driver.After(15);
        Assert.Equal("3", driver.Shown(TakeOverGuard.Key));

        driver.StopHost();
        driver.WorkStopped();

        Assert.False(driver.Server.Current!.Record.HasHolder);
        Assert.Empty(driver.Server.Current.ReadAnnotations());
    }

    [Fact]
    public void TermLastsTenLeases_TheNextRenewalTakesTheNoteAway_AndNoRequestIsSentForIt()
    {
        var driver = StandingBy("2");
        driver.After(15);
        var counted = StandingBy("2", settings => settings with { CountTakeOvers = false });
        counted.After(15);

        driver.After(149.999);
        counted.After(149.999);
        Assert.Equal("3", driver.Shown(TakeOverGuard.Key));
        driver.After(50);
        counted.After(50);

        Assert.Empty(driver.Server.Current!.ReadAnnotations());
        Assert.Equal(counted.All<ElectionOutput.Replace>().Count, driver.All<ElectionOutput.Replace>().Count);
        Assert.Single(driver.All<ElectionOutput.Replace>().Skip(1), renewal => renewal.Annotations.Count > 0);
    }

    [Fact]
    public void ForgettingIsRefused_TheNextRenewalSaysNothing_AndTheTermGoesOn()
    {
        var driver = StandingBy("2");
        driver.After(15 + 149);
        driver.IsServed = false;
        while (driver.Pending is not ElectionOutput.Replace { Annotations.Count: > 0 })
        {
            if (driver.Pending is not null)
                driver.Serve();
            driver.After(1);
        }

        driver.Fail(Refused);
        driver.IsServed = true;
        driver.After(100);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal("3", driver.Shown(TakeOverGuard.Key));
        driver.After(60);
        Assert.Null(driver.Shown(TakeOverGuard.Key));
    }

    [Fact]
    public void TakeOverWithNoteIsRefused_TheNextOneGoesWithout_AndTheFirstRenewalSaysIt()
    {
        var driver = StandingBy("1");
        driver.Annotate(Annotation, null);
        driver.After(14);
        driver.IsServed = false;
        driver.After(1);
        Assert.NotEmpty(driver.Sent<ElectionOutput.Replace>().Annotations);

        driver.Fail(Refused);
        driver.After(2);
        driver.Serve(); // It reads first.
        Assert.Empty(driver.Sent<ElectionOutput.Replace>().Annotations);
        driver.IsServed = true;
        driver.Serve();
        driver.After(1);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal("1", driver.Shown(TakeOverGuard.Key));
    }

    [Fact]
    public void TakeOverFailsOtherwise_TheNextOneCountsAllTheSame()
    {
        var driver = StandingBy("1");
        driver.After(14);
        driver.IsServed = false;
        driver.After(1);

        driver.Fail();
        driver.IsServed = true;
        driver.After(3);

        Assert.Equal("2", driver.Shown(TakeOverGuard.Key));
    }

    [Fact]
    public void WaitIsNotAskedFor_IsCountedAndTold_AndTakesNoLonger()
    {
        var driver = StandingBy("8", settings => Guarded(settings) with { TakeOverBackoff = false });

        driver.After(14.999);
        Assert.Equal(LeaderElectionState.Standby, driver.State);
        driver.After(0.001);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal("9", driver.Shown(TakeOverGuard.Key));
        Assert.Equal(
            [new ElectionEvent.LeadersDied(8, "other", Wait: null), new ElectionEvent.LeadersDied(9, "me", Wait: null)],
            driver.Told<ElectionEvent.LeadersDied>());
    }

    [Fact]
    public void WaitIsNotAskedFor_HolderIsProvenDead_IsTakenAtOnce()
    {
        var driver = StandingBy("8", settings => Guarded(settings) with { TakeOverBackoff = false });

        driver.Give(new ElectionInput.Watched(new LeaseEvent.HolderDead(driver.Server.Current!.ResourceVersion)));

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void NotCounted_NothingIsSaidOrToldOrWaitedFor()
    {
        var driver = StandingBy("8", settings => Guarded(settings) with { CountTakeOvers = false });

        driver.After(15);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Empty(driver.Server.Current!.ReadAnnotations());
        Assert.Empty(driver.Told<ElectionEvent.LeadersDied>());
    }

    [Fact]
    public void ThreeInARow_IsToldOnceForEachTerm_OnStandbysAndOnTheLeader()
    {
        var driver = StandingBy("3");
        driver.After(10);
        Assert.Equal(
            new ElectionEvent.LeadersDied(3, "other", TimeSpan.FromSeconds(15)), Assert.Single(driver.Told<ElectionEvent.LeadersDied>()));

        driver.After(60);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal(
            [
                new ElectionEvent.LeadersDied(3, "other", TimeSpan.FromSeconds(15)),
                new ElectionEvent.LeadersDied(4, "me", TimeSpan.FromSeconds(30)),
            ],
            driver.Told<ElectionEvent.LeadersDied>());
    }

    [Fact]
    public void FewerThanThree_NothingIsTold()
    {
        var driver = StandingBy("1");

        driver.After(30);

        Assert.Equal("2", driver.Shown(TakeOverGuard.Key));
        Assert.Empty(driver.Told<ElectionEvent.LeadersDied>());
    }

    private static ElectorSettings Guarded(ElectorSettings settings) => settings with { CountTakeOvers = true, TakeOverBackoff = true };

    /// <summary>Served, and waiting for one who has just renewed, and whose take-over said this.</summary>
    private static ElectorDriver StandingBy(string? count, Func<ElectorSettings, ElectorSettings>? settings = null)
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"), settings ?? Guarded);
        if (count is not null)
            driver.Annotate(Annotation, OfOther + count);
        driver.IsServed = true;
        return driver;
    }
}
