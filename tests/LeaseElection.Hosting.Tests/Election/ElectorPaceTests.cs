using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>Kindness to the API server: no sequence of replies makes a busy loop (design 5, rule 9).</summary>
public class ElectorPaceTests
{
    private static readonly LeaseStoreError Forbidden = new(LeaseStoreErrorKind.Forbidden, "grant the verb update");

    [Theory]
    [InlineData(2)]
    [InlineData(0.001)]
    public void StandbyThatCannotRead_AsksLessAndLess(double retryPeriod)
    {
        var driver = new ElectorDriver(settings => settings with { RetryPeriod = TimeSpan.FromSeconds(retryPeriod) });
        driver.Start();

        int requests = RequestsIn(driver, 60, _ => new ElectionInput.ReadFailed(Forbidden));

        Assert.InRange(requests, 30, retryPeriod == 2 ? 45 : 1200);
    }

    [Fact]
    public void StandbyWhoseWritesAreRefused_AsksLessAndLess()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);

        int requests = RequestsIn(driver, 60, request => request is ElectionOutput.Read
            ? driver.Server.Answer(request)
            : new ElectionInput.WriteFailed(Forbidden));

        Assert.InRange(requests, 60, 90);
    }

    [Fact]
    public void StandbyWhoseWritesConflictForEver_AsksLessAndLess()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);

        int requests = RequestsIn(driver, 60, request => request is ElectionOutput.Read
            ? driver.Server.Answer(request)
            : new ElectionInput.WriteConflicted());

        Assert.InRange(requests, 60, 90);
    }

    /// <summary>
    /// A holder without times is free to take, but somebody may have held what we came too late for: a controller that writes such
    /// records all the time must not draw us along.
    /// </summary>
    [Fact]
    public void StandbyThatAlwaysComesTooLate_AsksLessAndLess()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        int i = 0;

        int requests = RequestsIn(driver, 60, request =>
        {
            driver.Server.Put(new LeaseRecord { HolderIdentity = $"other-{++i}" });
            return driver.Server.Answer(request);
        });

        Assert.InRange(requests, 10, 30);
    }

    [Fact]
    public void LeaderWhoseRenewalsConflictForEver_AsksLessAndLess()
    {
        var driver = ElectorDriver.Leading(settings => settings with { RenewDeadline = TimeSpan.FromSeconds(60) });
        driver.After(3);

        int requests = RequestsIn(driver, 50, request => request is ElectionOutput.Read
            ? driver.Server.Answer(request)
            : new ElectionInput.WriteConflicted());

        Assert.InRange(requests, 40, 80);
    }

    [Fact]
    public void LeaderWhoseRenewalsAllVanish_AsksLessAndLess()
    {
        var driver = ElectorDriver.Leading(settings => settings with { RenewDeadline = TimeSpan.FromSeconds(60) });
        driver.After(3);

        int requests = RequestsIn(driver, 50, request =>
        {
            ElectionInput reply = driver.Server.Answer(request);
            return request is ElectionOutput.Read ? reply : new ElectionInput.WriteUnknown(ElectorDriver.Trouble);
        });

        Assert.InRange(requests, 40, 80);
    }

    [Fact]
    public void PollingWithATinyRetryPeriod_IsNoBusyLoop()
    {
        var driver = new ElectorDriver(settings => settings with { RetryPeriod = TimeSpan.FromMilliseconds(1) });
        driver.Server.Put(SomeRecord.HeldBy("other", duration: 3600));
        driver.Start();
        driver.Serve();
        driver.Give(new ElectionInput.WatchBroken(Forbidden));

        int requests = RequestsIn(driver, 50, driver.Server.Answer);

        Assert.InRange(requests, 500, 1000);
    }

    [Fact]
    public void RetryAfter_IsHonouredByAStandby()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.Fail(Throttled(5));

        driver.After(4.999);
        driver.SentNothing();
        driver.After(0.001);

        driver.Sent<ElectionOutput.Read>();
    }

    /// <summary>A proxy that says "come back tomorrow" must not take a candidate out of the election.</summary>
    [Fact]
    public void RetryAfterOfADay_IsHonouredForOneLeaseDurationAtMost()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.Fail(Throttled(86400));

        driver.After(15);

        driver.Sent<ElectionOutput.Read>();
    }

    [Fact]
    public void NewsFromTheWatch_DoesNotOverruleRetryAfter()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.Fail(Throttled(5));
        driver.After(1);

        driver.See(SomeRecord.HeldBy("other", transitions: 1));
        driver.See(SomeRecord.Released with { LeaseTransitions = 1 });

        driver.SentNothing();
        driver.After(4);
        driver.Sent<ElectionOutput.Read>();
    }

    private static LeaseStoreError Throttled(double seconds) =>
        new(LeaseStoreErrorKind.Throttled, "busy") { RetryAfter = TimeSpan.FromSeconds(seconds) };

    /// <summary>How many requests there are when each is answered at once.</summary>
    private static int RequestsIn(ElectorDriver driver, int seconds, Func<ElectionOutput, ElectionInput> answer)
    {
        int requests = 0;
        for (int i = 0; i < seconds * 1000; i++)
        {
            while (driver.Pending is { } request)
            {
                Assert.True(++requests < 2000, "A busy loop.");
                driver.Reply(answer(request));
            }

            driver.After(0.001);
        }

        return requests;
    }
}
