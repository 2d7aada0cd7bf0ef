using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>How long somebody who wants the lease for a while puts up with refusals.</summary>
public class ElectorForOneTermRefusedTests
{
    private static readonly LeaseStoreError Denied = new(LeaseStoreErrorKind.Forbidden, "grant the verb get");

    [Theory]
    [InlineData(nameof(LeaseStoreErrorKind.Forbidden))]
    [InlineData(nameof(LeaseStoreErrorKind.NotFound))]
    [InlineData(nameof(LeaseStoreErrorKind.Rejected))]
    public void Refused_ForAsLongAsTheRenewDeadline_IsNotWaitedForAnyLonger(string kind)
    {
        var error = new LeaseStoreError(Enum.Parse<LeaseStoreErrorKind>(kind), "no");
        var driver = new ElectorDriver(ForOneTerm);
        driver.Start();

        Refuse(driver, 9.9, error);
        Assert.Equal(LeaderElectionState.Standby, driver.State);
        Refuse(driver, 2.2, error);

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Equal(error, Assert.Single(driver.Told<ElectionEvent.GaveUp>()).Error);
    }

    [Fact]
    public void Refused_ToWriteOnly_IsNotWaitedForAnyLongerEither()
    {
        var driver = new ElectorDriver(ForOneTerm);
        driver.Start();

        RefuseWrites(driver, 9.9);
        Assert.Equal(LeaderElectionState.Standby, driver.State);
        RefuseWrites(driver, 2.2);

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Equal(Denied, Assert.Single(driver.Told<ElectionEvent.GaveUp>()).Error);
    }

    [Fact]
    public void Refused_ByAServerThatHasJustStarted_IsWaitedFor()
    {
        var driver = new ElectorDriver(ForOneTerm);
        driver.Start();
        Refuse(driver, 3, Denied);

        driver.IsServed = true;
        driver.After(2.1);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Empty(driver.Told<ElectionEvent.GaveUp>());
    }

    [Fact]
    public void Refused_WithAnotherFailureBetween_CountsAnew()
    {
        var driver = new ElectorDriver(ForOneTerm);
        driver.Start();
        Refuse(driver, 9, Denied);
        Refuse(driver, 2.1, ElectorDriver.Trouble);

        Refuse(driver, 9.9, Denied);
        Assert.Equal(LeaderElectionState.Standby, driver.State);
        Refuse(driver, 4.2, Denied);

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
    }

    [Fact]
    public void Refused_WithAConflictBetween_CountsAnew()
    {
        var driver = new ElectorDriver(ForOneTerm);
        driver.Start();
        RefuseWrites(driver, 9);
        driver.After(2);
        driver.Serve();
        driver.Server.Put(SomeRecord.Released);
        driver.Serve();

        RefuseWrites(driver, 5);

        Assert.Equal(LeaderElectionState.Standby, driver.State);
    }

    [Fact]
    public void WaitingEnded_WhileRefused_StopsWithTheRefusal()
    {
        var driver = new ElectorDriver(ForOneTerm);
        driver.Start();
        Refuse(driver, 3, Denied);

        driver.Give(new ElectionInput.WaitingEnded());

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Equal(Denied, Assert.Single(driver.Told<ElectionEvent.GaveUp>()).Error);
    }

    [Fact]
    public void WaitingEnded_BeforeTheFirstLookWhichIsRefused_StopsWithTheRefusal()
    {
        var driver = new ElectorDriver(ForOneTerm);
        driver.Start();
        driver.Give(new ElectionInput.WaitingEnded());

        driver.Fail(Denied);

        Assert.Equal(LeaderElectionState.Stopped, driver.State);
        Assert.Equal(Denied, Assert.Single(driver.Told<ElectionEvent.GaveUp>()).Error);
    }

    [Fact]
    public void Refused_WhileLeading_EndsNoTerm()
    {
        var driver = Leading();
        driver.After(3);

        driver.Fail(Denied);
        driver.IsServed = true;
        driver.After(1);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
    }

    [Fact]
    public void Refused_OfAnElection_IsWaitedForWithoutEnd()
    {
        var driver = new ElectorDriver();
        driver.Start();

        Refuse(driver, 60, Denied);

        Assert.Equal(LeaderElectionState.Standby, driver.State);
        Assert.Empty(driver.Told<ElectionEvent.GaveUp>());
    }

    private static ElectorSettings ForOneTerm(ElectorSettings settings) => settings with { ForOneTerm = true };

    private static ElectorDriver Leading() => ElectorDriver.Leading(ForOneTerm);

    /// <summary>Every request fails with this error, for so long.</summary>
    private static void Refuse(ElectorDriver driver, double seconds, LeaseStoreError error) =>
        Answer(driver, seconds, () => driver.Fail(error));

    private static void RefuseWrites(ElectorDriver driver, double seconds) => Answer(driver, seconds, () =>
    {
        if (driver.Pending is ElectionOutput.Read)
            driver.Serve();
        else
            driver.Fail(Denied);
    });

    private static void Answer(ElectorDriver driver, double seconds, Action answer)
    {
        for (int step = 0; step < seconds * 20; step++)
        {
            AnswerAll();
            driver.After(0.05);
        }

        AnswerAll();

        void AnswerAll()
        {
            while (driver.Pending is not null)
                answer();
        }
    }
}
