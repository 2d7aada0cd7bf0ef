using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election.Notes;

/// <summary>
/// What is written for notes alone within a second of the last renewal is none itself, for client-go that sees whole seconds as for the
/// leader (design 14, rule 2).
/// </summary>
public class EarlyNotesTests
{
    [Fact]
    public void NoteJustAfterARenewal_IsSentAtOnce_AndRenewsNothing()
    {
        var driver = ElectorDriver.Leading();
        DateTimeOffset renewed = driver.Elector.Lease!.Record.RenewTime!.Value;
        TimeSpan deadline = driver.Elector.Term!.Validity.Deadline;
        driver.After(0.7);

        NoteWrite note = driver.Say("checkpoint", "batch 41");
        driver.Serve();

        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(note));
        Assert.Equal(renewed.AddMicroseconds(1), driver.Elector.Lease!.Record.RenewTime);
        Assert.Equal(deadline, driver.Elector.Term.Validity.Deadline);
        driver.After(2.299);
        driver.SentNothing();
        driver.After(0.002);
        Assert.Equal(driver.Now.Wall.AddMilliseconds(-1), driver.Sent<ElectionOutput.Replace>().Record.RenewTime);
    }

    [Fact]
    public void NoteJustAfterARenewal_TheLastThatSucceeds_TheTermEndsAsIfItHadNotBeen()
    {
        var driver = ElectorDriver.Leading();
        driver.After(0.9);
        driver.Say("checkpoint", "batch 41");
        driver.Serve();

        driver.Freeze(9.2);
        driver.Give(new ElectionInput.TimerFired());

        Assert.Equal(StopReason.DeadlinePassed, driver.StoppedWork());
    }

    [Fact]
    public void NotesAllTheTime_TheTimeIsNotAheadOfTheClock()
    {
        var driver = ElectorDriver.Leading(settings => settings with { RenewInterval = TimeSpan.FromSeconds(1.3) });
        driver.IsServed = true;

        foreach (LeaseRecord record in SayAllTheTime(driver, seconds: 120, () => { }))
            Assert.InRange(record.RenewTime!.Value - driver.Now.Wall, TimeSpan.FromSeconds(-1.001), TimeSpan.FromSeconds(1.001));
    }

    /// <summary>A client-go that does not look for almost a lease, 15 s, must find another second.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    [InlineData(0.9)]
    [InlineData(0.3)]
    public void NotesAllTheTime_TheClockStandsStill_NoSecondComesBackBeforeALease(double interval)
    {
        var driver = ElectorDriver.Leading(settings => settings with { RenewInterval = TimeSpan.FromSeconds(interval) });
        driver.IsServed = true;
        DateTimeOffset still = driver.Now.Wall;
        var seconds = new Dictionary<long, TimeSpan>();
        long last = 0;

        foreach (LeaseRecord record in SayAllTheTime(driver, seconds: 120, () => driver.SetWall((still - driver.Now.Wall).TotalSeconds)))
        {
            long second = record.RenewTime!.Value.ToUnixTimeSeconds();
            if (second != last && seconds.TryGetValue(second, out TimeSpan left))
                Assert.True(
                    driver.Now.Monotonic - left > TimeSpan.FromSeconds(13.4), $"A second came back after {driver.Now.Monotonic - left}.");
            (last, seconds[second]) = (second, driver.Now.Monotonic);
        }

        Assert.True(seconds.Count > 10);
    }

    /// <summary>The clock was set back far: who compares times with a clock must not have to wait for the one that we had.</summary>
    [Theory]
    [InlineData(-10000)]
    [InlineData(-100)]
    [InlineData(0.9)]
    public void ClockIsSetJustAfterARenewal_ANoteBringsTheRightTime(double seconds)
    {
        var driver = ElectorDriver.Leading();
        driver.After(0.5);
        driver.SetWall(seconds);

        driver.Say("checkpoint", "batch 41");

        Assert.Equal(driver.Now.Wall, driver.Sent<ElectionOutput.Replace>().Record.RenewTime);
    }

    /// <summary>Renewals that come faster than notes may, and say nothing after a failure, must not put off what is to be said.</summary>
    [Fact]
    public void RenewalsInAQuickRow_ANoteThatFailedIsSaidAgain()
    {
        var driver = ElectorDriver.Leading(settings => settings with
        {
            LeaseDuration = TimeSpan.FromSeconds(1),
            RenewDeadline = TimeSpan.FromSeconds(0.6),
            RenewInterval = TimeSpan.FromSeconds(0.2),
            RetryPeriod = TimeSpan.FromSeconds(0.2),
            StopTimeout = TimeSpan.FromSeconds(0.2),
        });
        driver.Say("checkpoint", "batch 41");
        driver.Fail();
        NoteWrite note = driver.Say("checkpoint", "batch 42");
        driver.IsServed = true;

        driver.After(2);

        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(note));
    }

    /// <summary>Conflicts put off what is sent for notes alone, not what renewals on schedule carry.</summary>
    [Fact]
    public void SomebodyEditsTheLeaseAllTheTime_ANoteThatFailedOnceIsWritten()
    {
        var driver = ElectorDriver.Leading(settings => settings with { RenewInterval = TimeSpan.FromSeconds(0.5) });
        driver.Say("checkpoint", "batch 41");
        driver.Fail();
        NoteWrite note = driver.Say("checkpoint", "batch 42");
        driver.IsServed = true;

        for (int i = 0; i < 20; i++)
        {
            driver.Annotate("example.com/owner", FormattableString.Invariant($"team {i}"), told: false);
            driver.After(0.5);
        }

        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(note));
    }

    /// <summary>While renewals say nothing, none is sent for the sake of notes: it would leave them as due as before.</summary>
    [Fact]
    public void NoteFailsAgainAndAgain_AndTheRenewalWithoutItToo_NoStorm()
    {
        var driver = ElectorDriver.Leading();
        driver.Say("checkpoint", "batch 41");
        for (int failures = 0; failures < 3; driver.After(0.1))
        {
            if (driver.Pending is ElectionOutput.Replace { Annotations.Count: > 0 })
            {
                failures++;
                driver.LoseReply(committed: false);
            }
            else if (driver.Pending is not null)
            {
                driver.Serve();
            }
        }

        for (; driver.Pending is not ElectionOutput.Replace; driver.After(0.1))
        {
            if (driver.Pending is not null)
                driver.Serve();
        }

        driver.LoseReply(committed: false);
        int before = driver.All<ElectionOutput.Replace>().Count;
        driver.IsServed = true;
        driver.After(4);

        Assert.InRange(driver.All<ElectionOutput.Replace>().Count - before, 1, 4);
    }

    private static IEnumerable<LeaseRecord> SayAllTheTime(ElectorDriver driver, double seconds, Action meanwhile)
    {
        for (double at = 0; at < seconds; at += 0.05)
        {
            driver.Say("checkpoint", FormattableString.Invariant($"batch {at}"));
            driver.After(0.05);
            meanwhile();
            yield return driver.Elector.Lease!.Record;
        }
    }
}
