using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>When a standby takes over, and what it writes (design 5, rules 2, 3, 5, 11, 12, 13, 16).</summary>
public class ElectorTakeOverTests
{
    [Fact]
    public void Started_ReadsFirst()
    {
        var driver = new ElectorDriver();

        driver.Start();

        Assert.Equal(TimeSpan.FromSeconds(2.5), driver.Sent<ElectionOutput.Read>().Timeout);
        Assert.Equal(LeaderElectionState.Standby, driver.State);
    }

    [Fact]
    public void NoLease_IsCreated_AndWorkStartsOnlyWhenThatIsConfirmed()
    {
        var driver = new ElectorDriver();
        driver.Start();

        driver.Serve();

        LeaseRecord record = driver.Sent<ElectionOutput.Create>().Record;
        Assert.Equal(ElectorDriver.Me, record.HolderIdentity);
        Assert.Equal(15, record.LeaseDurationSeconds);
        Assert.Equal(0, record.LeaseTransitions);
        Assert.Equal(driver.Now.Wall, record.AcquireTime);
        Assert.Equal(driver.Now.Wall, record.RenewTime);
        Assert.Equal(LeaderElectionState.TakingOver, driver.State);
        Assert.Empty(driver.All<ElectionOutput.StartWork>());

        driver.Serve();

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        ElectionOutput.StartWork start = Assert.Single(driver.All<ElectionOutput.StartWork>());
        Assert.Equal(driver.Server.Current!.ResourceVersion, start.Term.ResourceVersion);
        Assert.Equal(UInt128.Parse(start.Term.ResourceVersion), start.Term.Token!.Value.Value);
    }

    /// <summary>client-go's "acquire from object with no spec, empty holder, null holder", and what kubectl or Helm leave behind.</summary>
    public static TheoryData<string> FreeRecords => new("no spec", "null", "empty", "released", "no duration", "zero duration");

    [Theory]
    [MemberData(nameof(FreeRecords))]
    public void FreeLease_IsTakenAtOnce(string kind)
    {
        LeaseRecord free = kind switch
        {
            "no spec" => new LeaseRecord(),
            "null" => SomeRecord.HeldBy(null),
            "empty" => SomeRecord.HeldBy(""),
            "released" => SomeRecord.Released,
            "no duration" => SomeRecord.HeldBy("other", duration: null),
            _ => SomeRecord.HeldBy("other", duration: 0),
        };

        var driver = ElectorDriver.StandingBy(free);

        ElectionOutput.Replace replace = driver.Sent<ElectionOutput.Replace>();
        Assert.Same(driver.Server.Current, replace.Current);
        Assert.Equal(ElectorDriver.Me, replace.Record.HolderIdentity);
        Assert.Equal((free.LeaseTransitions ?? 0) + 1, replace.Record.LeaseTransitions);
    }

    /// <summary>client-go's "don't acquire from led, acked object" and "acquire from led, unacked object".</summary>
    [Fact]
    public void HeldLease_IsTakenWhenItsDurationHasPassedSinceItWasReceived_NotSooner()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", transitions: 7, duration: 4));

        driver.After(3.999);
        driver.SentNothing();
        driver.After(0.001);

        Assert.Equal(8, driver.Sent<ElectionOutput.Replace>().Record.LeaseTransitions);
    }

    /// <summary>Some write renewTime with their first renewal only, kubelets no acquireTime at all. client-go waits for them.</summary>
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void HeldLease_WithoutTimes_IsWaitedForFromWhenItWasReceived(bool hasAcquireTime, bool hasRenewTime)
    {
        LeaseRecord held = SomeRecord.HeldBy("other", transitions: 7, duration: 4);
        var driver = ElectorDriver.StandingBy(held with
        {
            AcquireTime = hasAcquireTime ? held.AcquireTime : null,
            RenewTime = hasRenewTime ? held.RenewTime : null,
        });

        driver.After(3.999);
        driver.SentNothing();
        driver.After(0.001);

        LeaseRecord taken = driver.Sent<ElectionOutput.Replace>().Record;
        Assert.Equal(8, taken.LeaseTransitions);
        Assert.Equal(driver.Now.Wall, taken.RenewTime);
    }

    [Fact]
    public void HeldLease_WithoutTimes_ItsFirstRenewalStartsTheWaitAnew()
    {
        LeaseRecord held = SomeRecord.HeldBy("other", duration: 4);
        var driver = ElectorDriver.StandingBy(held with { RenewTime = null });
        driver.After(3);
        driver.See(held);

        driver.After(3.999);
        driver.SentNothing();
    }

    [Fact]
    public void HeldLease_ThatLooksLongExpired_IsWaitedForAllTheSame()
    {
        LeaseRecord old = SomeRecord.HeldBy("other", duration: 4) with { RenewTime = DateTimeOffset.UnixEpoch };

        var driver = ElectorDriver.StandingBy(old);

        driver.After(3.999);
        driver.SentNothing();
    }

    [Fact]
    public void Renewal_OfTheHolder_StartsTheWaitAnew()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", renewed: 0, duration: 4));
        driver.After(3);
        driver.See(SomeRecord.HeldBy("other", renewed: 3, duration: 4));

        driver.After(3.999);
        driver.SentNothing();
        driver.After(0.001);

        driver.Sent<ElectionOutput.Replace>();
    }

    [Fact]
    public void EditOfLabels_KeepsNoDeadHolderAlive()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 4));
        for (int i = 0; i < 4; i++)
        {
            driver.See(SomeRecord.HeldBy("other", duration: 4));
            driver.After(1);
        }

        Assert.Same(driver.Server.Current, driver.Sent<ElectionOutput.Replace>().Current);
    }

    [Fact]
    public void VersionThatIsNotNewer_IsIgnored()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 4));
        Lease stale = driver.Server.Current!;
        Lease newest = driver.See(SomeRecord.HeldBy("other", renewed: 2, duration: 4));
        driver.After(3);

        driver.See(stale);
        driver.See(newest);

        driver.After(1);
        Assert.Same(newest, driver.Sent<ElectionOutput.Replace>().Current);
    }

    [Fact]
    public void VersionsAreComparedAsNumbers_NotAsText()
    {
        var driver = new ElectorDriver();
        driver.Server.CountFrom(999);
        driver.Server.Put(SomeRecord.HeldBy("other"));
        driver.Start();
        driver.Serve();

        driver.See(SomeRecord.Released);

        Assert.Equal("1000", driver.Sent<ElectionOutput.Replace>().Current.ResourceVersion);
    }

    [Fact]
    public void Release_IsTakenInTheSameTurn()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", transitions: 3));
        driver.After(1);

        driver.See(SomeRecord.Released with { LeaseTransitions = 3 });

        Assert.Equal(4, driver.Sent<ElectionOutput.Replace>().Record.LeaseTransitions);
    }

    [Fact]
    public void HolderClearedByHand_IsWaitedForAsLongAsItWasPromised()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 4));
        driver.After(1);
        driver.See(SomeRecord.HeldBy("", duration: 4));

        driver.After(2.999);
        driver.SentNothing();
        driver.After(0.001);

        driver.Sent<ElectionOutput.Replace>();
    }

    [Fact]
    public void TakeOverByAThird_CountsFromItsOwnRecord()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", transitions: 1, duration: 60));

        driver.See(SomeRecord.HeldBy("third", transitions: 2, duration: 4));

        driver.After(4);
        driver.Sent<ElectionOutput.Replace>();
    }

    [Fact]
    public void HoldersDurationMadeShorterByHand_IsNotBelieved()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 5));

        driver.See(SomeRecord.HeldBy("other", duration: 1));

        driver.After(4.999);
        driver.SentNothing();
    }

    [Fact]
    public void HolderProvenDead_IsReplacedAtOnce()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));

        driver.Give(new ElectionInput.Watched(new LeaseEvent.HolderDead(driver.Server.Current!.ResourceVersion)));

        driver.Sent<ElectionOutput.Replace>();
        Assert.Equal("other", Assert.Single(driver.Told<ElectionEvent.HolderProvenDead>()).HolderIdentity);
    }

    [Fact]
    public void ProofOfAnotherVersion_ProvesNothing()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        string older = driver.Server.Current!.ResourceVersion;
        driver.See(SomeRecord.HeldBy("other", renewed: 3));

        driver.Give(new ElectionInput.Watched(new LeaseEvent.HolderDead(older)));

        driver.SentNothing();
    }

    [Fact]
    public void ExpiredLease_StandbysAreSpreadOverFiftyMilliseconds()
    {
        var driver = new ElectorDriver(random: new SteadyRandom(0.5));
        driver.Server.Put(SomeRecord.HeldBy("other", duration: 4));
        driver.Start();
        driver.Serve();

        driver.After(4.024);
        driver.SentNothing();
        driver.After(0.001);

        driver.Sent<ElectionOutput.Replace>();
    }

    [Fact]
    public void Conflict_ReadsAndStandsBy()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.Server.Put(SomeRecord.HeldBy("faster"));

        driver.Serve();
        driver.Serve();

        Assert.Equal(LeaderElectionState.Standby, driver.State);
        driver.SentNothing();
        Assert.Empty(driver.All<ElectionOutput.StartWork>());
        Assert.Equal("faster", driver.Told<ElectionEvent.HolderChanged>()[^1].HolderIdentity);
    }

    [Fact]
    public void Create_ThatMeetsALease_IsAConflict()
    {
        var driver = new ElectorDriver();
        driver.Start();
        driver.Serve();
        driver.Server.Put(SomeRecord.HeldBy("faster"));

        driver.Serve();

        driver.Sent<ElectionOutput.Read>();
    }

    [Fact]
    public void OwnRecordOfAnEarlierProcess_IsWaitedForAndToldOnce()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy(ElectorDriver.Me, transitions: 3, duration: 4));
        driver.See(SomeRecord.HeldBy(ElectorDriver.Me, renewed: 1, transitions: 3, duration: 4));

        driver.After(3.999);
        driver.SentNothing();
        driver.After(0.001);

        Assert.Equal(3, driver.Sent<ElectionOutput.Replace>().Record.LeaseTransitions);
        Assert.Single(driver.Told<ElectionEvent.IdentityInUse>());
    }

    [Theory]
    [InlineData("ME")]
    [InlineData("me2")]
    [InlineData("m")]
    public void IdentitiesAreComparedOrdinallyAndWhole(string holder)
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy(holder));

        driver.SentNothing();
        Assert.Empty(driver.Told<ElectionEvent.IdentityInUse>());
    }

    [Fact]
    public void FieldsOfOthers_TheWriteNamesTheVersionThatCarriesThem()
    {
        var driver = new ElectorDriver();
        var document = new LeaseDocument();
        Lease edited = driver.Server.Put(SomeRecord.Released) with { Document = document };
        driver.Start();

        driver.Reply(new ElectionInput.ReadFound(edited));

        Assert.Same(document, driver.Sent<ElectionOutput.Replace>().Current.Document);
    }

    [Fact]
    public void RestoredEtcd_NoTokenRatherThanASmallerOne()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 4));
        driver.Server.CountFrom(20);
        driver.Server.Put(SomeRecord.Released);
        driver.Give(new ElectionInput.WatchBroken(new LeaseStoreError(LeaseStoreErrorKind.Gone, "")));
        driver.After(0.1);

        driver.Serve();
        driver.Serve();

        Assert.Null(Assert.Single(driver.All<ElectionOutput.StartWork>()).Term.Token);
        Assert.Equal("21", Assert.Single(driver.Told<ElectionEvent.NoFencingToken>()).ResourceVersion);
    }

    [Theory]
    [InlineData("not-a-number", null)]
    [InlineData("340282366920938463463374607431768211455", "340282366920938463463374607431768211455")]
    public void FencingToken_IsANumberOf128BitsOrNone(string version, string? token)
    {
        var driver = new ElectorDriver();
        driver.Start();
        driver.Serve();
        LeaseRecord record = driver.Sent<ElectionOutput.Create>().Record;

        driver.Reply(new ElectionInput.WriteSucceeded(new Lease { ResourceVersion = version, Uid = "uid", Record = record }));

        Assert.Equal(token, Assert.Single(driver.All<ElectionOutput.StartWork>()).Term.Token?.ToString());
    }
}
