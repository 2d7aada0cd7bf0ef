using LeaseElection.Hosting.Election;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>What people are told: each change once, the first failure of a row as such, and its end (style 9, rule 16).</summary>
public class ElectorReportTests
{
    [Fact]
    public void FailuresOfALeader_AreCountedInARow_AndTheirEndIsTold()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        for (int i = 0; i < 3; i++)
        {
            driver.Fail();
            driver.After(2);
        }

        driver.IsServed = true;
        driver.Serve();
        driver.After(1);

        Assert.Equal([1, 2, 3], driver.Told<ElectionEvent.RenewalFailed>().Select(told => told.InARow));
        Assert.Equal(TimeSpan.FromSeconds(7), driver.Told<ElectionEvent.RenewalFailed>()[0].Left);
        Assert.Equal(3, Assert.Single(driver.Told<ElectionEvent.StoreRecovered>()).Failures);
        Assert.Null(driver.Elector.LastError);
    }

    [Fact]
    public void FailuresOfAStandby_ReadsSucceedAndWritesAreRefused_AreOneRow()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        for (int i = 0; i < 5; i++)
        {
            driver.Fail();
            driver.After(2);
            driver.Serve();
        }

        Assert.Equal([1, 2, 3, 4, 5], driver.Told<ElectionEvent.StoreFailed>().Select(told => told.InARow));
        Assert.Empty(driver.Told<ElectionEvent.StoreRecovered>());
    }

    [Fact]
    public void FailuresAcrossNewsFromTheWatch_AreOneRow()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other", duration: 4));
        driver.After(4);
        driver.Fail();
        driver.See(SomeRecord.HeldBy("other", renewed: 4, duration: 4));
        driver.After(1);
        driver.Fail();
        driver.After(1);

        driver.Serve();

        Assert.Equal([1, 2], driver.Told<ElectionEvent.StoreFailed>().Select(told => told.InARow));
        Assert.Equal(2, Assert.Single(driver.Told<ElectionEvent.StoreRecovered>()).Failures);
    }

    [Fact]
    public void Conflicts_AreNoFailures()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        for (int i = 0; i < 5; i++)
        {
            driver.Reply(new ElectionInput.WriteConflicted());
            driver.After(2);
            driver.Serve();
        }

        driver.Fail();

        Assert.Equal(1, Assert.Single(driver.Told<ElectionEvent.StoreFailed>()).InARow);
    }

    [Fact]
    public void Conflict_IsAnAnswerOfTheStore()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.After(1);

        driver.Reply(new ElectionInput.WriteConflicted());

        Assert.Equal(driver.Now.Monotonic, driver.Elector.AnsweredAt);
    }

    [Fact]
    public void HolderChanges_AreToldOnceEach()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("a"));
        driver.See(SomeRecord.HeldBy("a", renewed: 3));
        driver.See(SomeRecord.HeldBy("b", transitions: 1));
        driver.See(SomeRecord.HeldBy("", transitions: 1));
        driver.SeeDeleted();

        Assert.Equal(["a", "b", null], driver.Told<ElectionEvent.HolderChanged>().Select(told => told.HolderIdentity));
    }

    [Fact]
    public void TwinOfAFormerLeader_IsTold()
    {
        var driver = ElectorDriver.Leading();

        driver.See(SomeRecord.HeldBy(ElectorDriver.Me, renewed: 1));
        driver.See(SomeRecord.HeldBy(ElectorDriver.Me, renewed: 2));

        Assert.Single(driver.Told<ElectionEvent.IdentityInUse>());
    }

    [Fact]
    public void Term_IsToldWithItsFacts()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released with { LeaseTransitions = 6 });

        driver.Serve();

        TermFacts facts = Assert.Single(driver.Told<ElectionEvent.BecameLeader>()).Term;
        Assert.Equal(7, facts.Transitions);
        Assert.Equal(driver.Server.Current!.Record.AcquireTime, facts.AcquiredAt);
        Assert.Equal(driver.Server.Current.ResourceVersion, facts.ResourceVersion);
        Assert.Same(facts, Assert.Single(driver.All<ElectionOutput.StartWork>()).Term);
    }

    [Fact]
    public void SignsOfLife_AreOfTheHolderAndNotOfLabels()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        TimeSpan seen = driver.Now.Monotonic;
        driver.After(2);
        driver.See(SomeRecord.HeldBy("other"));

        Assert.Equal(seen, driver.Elector.RenewalSeenAt);
    }
}
