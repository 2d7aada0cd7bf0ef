using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>How a term is kept (design 5, rules 1, 4, 8, 9).</summary>
public class ElectorRenewalTests
{
    private static readonly TimeSpan RenewDeadline = ElectorDriver.Defaults.RenewDeadline;

    [Fact]
    public void Leading_RenewsAnIntervalAfterTheLastWriteWasSent()
    {
        var driver = ElectorDriver.Leading();
        LeaseRecord acquired = driver.Server.Current!.Record;

        driver.After(2.999);
        driver.SentNothing();
        driver.After(0.001);

        ElectionOutput.Replace renewal = driver.Sent<ElectionOutput.Replace>();
        Assert.Same(driver.Server.Current, renewal.Current);
        Assert.Equal(acquired with { RenewTime = driver.Now.Wall }, renewal.Record);
    }

    [Fact]
    public void Renewed_TheTermIsValidFromWhenItWasSent()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        TimeSpan sent = driver.Now.Monotonic;
        driver.After(2.4);

        driver.Serve();

        Assert.Equal(sent + RenewDeadline, Assert.Single(driver.All<ElectionOutput.ExtendTerm>()).Validity.Deadline);
        Assert.Equal(TimeSpan.FromSeconds(2.4), Assert.Single(driver.Told<ElectionEvent.Renewed>()).Took);
        driver.After(0.6);
        driver.Sent<ElectionOutput.Replace>();
    }

    [Fact]
    public void AcquiringWrite_TheTermIsValidFromWhenItWasSent()
    {
        var driver = new ElectorDriver();
        driver.Start();
        driver.Serve();
        TimeSpan sent = driver.Now.Monotonic;
        driver.After(2.4);

        driver.Serve();

        Assert.Equal(sent + RenewDeadline, Assert.Single(driver.All<ElectionOutput.StartWork>()).Validity.Deadline);
    }

    [Fact]
    public void NoReplyAtAll_TheTermEndsAtTheDeadline()
    {
        var driver = ElectorDriver.Leading();

        driver.After(9.999);
        Assert.Equal(LeaderElectionState.Leading, driver.State);
        driver.After(0.001);

        Assert.Equal(StopReason.DeadlinePassed, driver.StoppedWork());
        Assert.Equal(LeaderElectionState.Draining, driver.State);
    }

    [Fact]
    public void ReplyAfterTheDeadline_ProvesNothing()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.Freeze(7);

        driver.Serve();

        Assert.Equal(StopReason.DeadlinePassed, driver.StoppedWork());
        Assert.Empty(driver.All<ElectionOutput.ExtendTerm>());
    }

    [Fact]
    public void ReplyToTheAcquiringWriteAfterItsDeadline_StartsNothing_AndItIsWrittenAgain()
    {
        var driver = new ElectorDriver();
        driver.Start();
        driver.Serve();
        driver.After(10);

        driver.Serve();

        Assert.Empty(driver.All<ElectionOutput.StartWork>());
        Assert.Same(driver.Server.Current, driver.Sent<ElectionOutput.Replace>().Current);
        driver.Serve();
        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal(0, driver.Server.Current!.Record.LeaseTransitions);
    }

    [Fact]
    public void SlowReplies_NeverCostTheTerm()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        for (int i = 0; i < 100; i++)
        {
            driver.After(2.4); // Just under the timeout, every time.
            driver.Serve();
            driver.After(0.6);
        }

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal(0, driver.Server.Current!.Record.LeaseTransitions);
    }

    /// <summary>client-go's "renew already acquired object": transitions and acquire time stay, and so does the term.</summary>
    [Fact]
    public void Renewals_CountNoTransitions()
    {
        var driver = ElectorDriver.Leading();
        driver.IsServed = true;

        driver.After(60);

        Assert.Equal(0, driver.Server.Current!.Record.LeaseTransitions);
        Assert.Equal(20, driver.All<ElectionOutput.ExtendTerm>().Count);
        Assert.Single(driver.All<ElectionOutput.StartWork>());
    }

    [Fact]
    public void WallClockThatStandsStill_RenewTimeGrowsAllTheSame()
    {
        var driver = ElectorDriver.Leading();
        DateTimeOffset last = driver.Server.Current!.Record.RenewTime!.Value;
        driver.SetWall(-3);

        driver.After(3);

        Assert.Equal(last.AddSeconds(1).AddMicroseconds(1), driver.Sent<ElectionOutput.Replace>().Record.RenewTime);
    }

    [Fact]
    public void WallClockThatIsSetBackByAnHour_RenewTimeIsNow()
    {
        var driver = ElectorDriver.Leading();
        driver.SetWall(-3600);

        driver.After(3);

        Assert.Equal(driver.Now.Wall, driver.Sent<ElectionOutput.Replace>().Record.RenewTime);
    }

    /// <summary>The reply is lost and the renewal is not: 409, or a read, shows our own write.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void UnknownRenewal_IsRead_AndThenProvenByANewOne(bool committed)
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.LoseReply(committed);
        Assert.Empty(driver.All<ElectionOutput.ExtendTerm>());
        driver.SentNothing();

        driver.After(0.2);
        driver.Sent<ElectionOutput.Read>();
        driver.Serve();
        Assert.Empty(driver.All<ElectionOutput.ExtendTerm>());
        driver.Serve();

        Assert.Single(driver.All<ElectionOutput.ExtendTerm>());
        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Empty(driver.Told<ElectionEvent.IdentityInUse>());
    }

    [Fact]
    public void ConflictWithOurOwnLostWrite_TheTermGoesOn()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.Server.Answer(driver.Sent<ElectionOutput.Replace>()); // Delivered twice: the refusal is that of the second copy.

        driver.Serve();
        driver.Serve();
        driver.Serve();

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Single(driver.All<ElectionOutput.ExtendTerm>());
    }

    [Fact]
    public void ConflictWithAnEditOfLabels_IsReadAndRenewed()
    {
        var driver = ElectorDriver.Leading();
        driver.Server.Put(driver.Server.Current!.Record);
        driver.After(3);

        driver.Serve();
        driver.Serve();
        Assert.Same(driver.Server.Current, driver.Sent<ElectionOutput.Replace>().Current);
        driver.Serve();

        Assert.Single(driver.All<ElectionOutput.ExtendTerm>());
    }

    [Fact]
    public void Failures_AreRetriedSoonAtFirst_ThenSlower()
    {
        var driver = ElectorDriver.Leading(settings => settings with { RenewDeadline = TimeSpan.FromSeconds(40) });
        driver.After(3);

        double[] pauses = [.. Enumerable.Range(0, 6).Select(_ => PauseAfterFailure(driver))];

        Assert.Equal([0.2, 0.4, 0.8, 1.6, 1.6, 1.6], pauses);
    }

    [Fact]
    public void Failures_NearTheDeadline_AttemptsGetDenserAndNeverStop()
    {
        var driver = ElectorDriver.Leading(settings => settings with { RetryPeriod = TimeSpan.FromSeconds(10) });
        driver.After(3);
        int attempts = 0;
        while (driver.State == LeaderElectionState.Leading)
        {
            attempts++;
            PauseAfterFailure(driver);
        }

        Assert.InRange(attempts, 8, 20);
        Assert.Equal(StopReason.DeadlinePassed, driver.StoppedWork());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(86400)]
    public void RetryAfter_IsHonouredButNeverPastTheDeadline(int seconds)
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.Fail(new LeaseStoreError(LeaseStoreErrorKind.Throttled, "too many requests") { RetryAfter = TimeSpan.FromSeconds(seconds) });

        driver.After(Math.Min(seconds, 3.5) - 0.001);
        driver.SentNothing();
        driver.After(0.001);

        driver.Serve();
        driver.Serve();
        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Theory]
    [InlineData(10, 2.5)]
    [InlineData(6, 2)]
    public void Requests_TimeOutAfterAThirdOfTheDeadlineAtMost(int deadline, double timeout)
    {
        var driver = ElectorDriver.Leading(settings => settings with { RenewDeadline = TimeSpan.FromSeconds(deadline) });
        driver.After(3);

        Assert.Equal(TimeSpan.FromSeconds(timeout), driver.Sent<ElectionOutput.Replace>().Timeout);
    }

    [Fact]
    public void Requests_NearTheDeadline_TimeOutWithIt()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.Freeze(6);

        driver.LoseReply(committed: false);
        driver.After(0.2);

        Assert.Equal(TimeSpan.FromSeconds(0.8), driver.Sent<ElectionOutput.Read>().Timeout);
    }

    /// <summary>Shorter than D - R' - one timeout: nobody notices (tests/README.md, fault 33).</summary>
    /// <summary>
    /// Found by the simulator (fault 35): the last word about a missing right was "timeout", of a request of two milliseconds.
    /// </summary>
    [Fact]
    public void TooLateForAnyAnswer_NothingIsSent_AndTheRealErrorIsKept()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        driver.Freeze(6.947);
        driver.Fail(new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "no right to update"));

        driver.After(0.1);

        driver.SentNothing();
        Assert.Equal(StopReason.DeadlinePassed, driver.StoppedWork());
        Assert.Equal(LeaseStoreErrorKind.Forbidden, driver.Elector.LastError?.Kind);
    }

    [Fact]
    public void OutageThatEndsInTime_ChangesNothing()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        while (driver.Now.Monotonic < TimeSpan.FromSeconds(1009))
            PauseAfterFailure(driver);

        driver.Serve();
        driver.Serve();

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Single(driver.All<ElectionOutput.StartWork>());
        Assert.Empty(driver.All<ElectionOutput.StopWork>());
    }

    [Fact]
    public void OutageThatOutlastsTheTerm_TheSameProcessLeadsAgainOnceTheStoreAnswers()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);
        while (driver.State == LeaderElectionState.Leading)
            PauseAfterFailure(driver);
        driver.WorkStopped();
        driver.IsServed = true;

        driver.After(2);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal(2, driver.All<ElectionOutput.StartWork>().Count);
    }

    private static double PauseAfterFailure(ElectorDriver driver)
    {
        TimeSpan before = driver.Now.Monotonic;
        if (driver.Pending is not null)
            driver.Fail();
        TimeSpan end = before + TimeSpan.FromSeconds(20);
        while (driver.Pending is null && driver.State == LeaderElectionState.Leading && driver.Now.Monotonic < end)
            driver.After(0.001);
        return Math.Round((driver.Now.Monotonic - before).TotalSeconds, 3);
    }
}
