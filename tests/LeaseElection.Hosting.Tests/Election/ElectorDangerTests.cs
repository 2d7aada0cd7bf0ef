using LeaseElection.Hosting.Election;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>
/// When work is told that its term may soon be lost (design 5, rule 17). Renewals fall due after 3 s, the deadline is 10 s.
/// </summary>
public class ElectorDangerTests
{
    [Fact]
    public void RenewalsFail_HalfOfTheDeadlineIsGone_IsToldInThatInstantAndOnce()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        FailUntil(driver, 1.999);
        Assert.Empty(driver.All<ElectionOutput.EndangerTerm>());

        FailUntil(driver, 0.001);
        Assert.Single(driver.All<ElectionOutput.EndangerTerm>());
        Assert.Equal(TimeSpan.FromSeconds(5), Assert.Single(driver.Told<ElectionEvent.TermInDanger>()).Left);

        FailUntil(driver, 4.9);
        Assert.Single(driver.All<ElectionOutput.EndangerTerm>());
        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void RequestHangsPastHalfOfTheDeadline_IsToldWhenItHasFailed()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);

        driver.After(2.4);
        Assert.Empty(driver.All<ElectionOutput.EndangerTerm>());
        driver.LoseReply(committed: false);

        Assert.Equal(TimeSpan.FromSeconds(4.6), Assert.Single(driver.Told<ElectionEvent.TermInDanger>()).Left);
    }

    [Fact]
    public void SlowReplyPastHalfOfTheDeadline_NothingHasFailed_IsNotTold()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);

        driver.After(2.4);
        driver.Serve();

        Assert.Empty(driver.All<ElectionOutput.EndangerTerm>());
    }

    [Fact]
    public void RenewalSucceedsAfterAll_DangerIsOver_AndTheNextIsToldAgain()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        FailUntil(driver, 2.5);
        driver.IsServed = true;
        driver.After(2);
        Assert.Single(driver.All<ElectionOutput.ExtendTerm>());
        driver.IsServed = false;

        FailUntil(driver, 2.9);
        Assert.Single(driver.All<ElectionOutput.EndangerTerm>());
        FailUntil(driver, 2.1);

        Assert.Equal(2, driver.All<ElectionOutput.EndangerTerm>().Count);
    }

    [Fact]
    public void AnotherHolderAfterAFailure_TermIsLost_IsNotToldOfADangerAsWell()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.Fail();

        driver.See(SomeRecord.HeldBy("thief", transitions: 1));
        driver.After(4);

        Assert.Empty(driver.All<ElectionOutput.EndangerTerm>());
    }

    [Fact]
    public void RenewalsFailWhileWorkDrains_IsTold()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();
        driver.After(3);

        FailUntil(driver, 2.1);

        Assert.Single(driver.All<ElectionOutput.EndangerTerm>());
    }

    /// <summary>Lets time pass, in which every request fails at once.</summary>
    private static void FailUntil(ElectorDriver driver, double seconds)
    {
        const double step = 0.001;
        for (double passed = 0; passed < seconds - (step / 2); passed += step)
        {
            if (driver.Pending is not null)
                driver.Fail();
            driver.After(step);
        }
    }
}
