using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

public class LeaseRecordsTests
{
    private static readonly DateTimeOffset Wall = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private static readonly LeaseRecord Held = SomeRecord.HeldBy(ElectorDriver.Me, transitions: 4);

    [Fact]
    public void Renew_TimesHaveMicrosecondsAndNoMore()
    {
        LeaseRecord renewed = LeaseRecords.Renew(Held, ElectorDriver.Defaults, Wall.AddTicks(12345679));

        Assert.Equal(Wall.AddTicks(12345670), renewed.RenewTime);
    }

    /// <summary>Seconds that the last time is ahead of the wall clock, and seconds that the next one is.</summary>
    [Theory]
    [InlineData(-3600, 0)] // The usual case: a renewal after a while.
    [InlineData(-3, 0)]
    [InlineData(-0.6, 0)] // A second that is over.
    [InlineData(-0.4, 0.600001)] // The same second, as renewals within it.
    [InlineData(-0.000001, 1)]
    [InlineData(0, 1.000001)] // The clock stands still.
    [InlineData(0.3, 1.300001)] // It was set back, a little,
    [InlineData(5, 6.000001)]
    [InlineData(13.999999, 15)]
    [InlineData(14, 0.000001)] // up to a lease: the times begin anew at the clock, and none of them is one that was.
    [InlineData(14.3, 0.300001)]
    [InlineData(15, 0.000001)]
    [InlineData(15.000001, 0)] // by more than that,
    [InlineData(600, 0)] // by ten minutes.
    public void Renew_TheLastTimeIsAheadOfTheWallClock_AnotherSecondThatIsNotFarAhead(double last, double next)
    {
        DateTimeOffset now = Wall.AddSeconds(0.5);

        LeaseRecord renewed = LeaseRecords.Renew(Held with { RenewTime = After(now, last) }, ElectorDriver.Defaults, now);

        Assert.Equal(Held with { RenewTime = After(now, next) }, renewed);
    }

    /// <summary>client-go sees whole seconds. A standby that was cut off must see that the record is another one.</summary>
    [Theory]
    [InlineData(15, 3, 0)] // The clock stands still.
    [InlineData(15, 3, 3)]
    [InlineData(15, 3, 1.5)] // It is slow.
    [InlineData(15, 1, 0.9)]
    [InlineData(3, 0.6, 0.6)] // Renewals within a second.
    [InlineData(1, 0.2, 0.2)]
    [InlineData(1, 0.2, 0)]
    [InlineData(15, 0.1, 0.1)]
    public void Renew_AgainAndAgain_NoSecondComesBackBeforeALeaseOrTenSecondsAndNoRecordEver(
        double lease, double interval, double clockRuns)
    {
        ElectorSettings settings = ElectorDriver.Defaults with
        {
            LeaseDuration = TimeSpan.FromSeconds(lease),
            RenewInterval = TimeSpan.FromSeconds(interval),
        };
        LeaseRecord record = LeaseRecords.Acquire(null, settings, Wall);
        var times = new HashSet<DateTimeOffset>();
        var seconds = new Dictionary<long, double>();
        DateTimeOffset wall = Wall;
        for (double at = 0; at < 600; at += interval)
        {
            Assert.True(times.Add(record.RenewTime!.Value), "A record came back.");
            Assert.InRange(
                record.RenewTime.Value - wall, TimeSpan.Zero, TimeSpan.FromSeconds(1.01 + (Math.Max(lease, 10) / Math.Min(interval, 1))));
            long second = record.RenewTime.Value.ToUnixTimeSeconds();
            double seen = seconds.GetValueOrDefault(second, double.MinValue);
            Assert.True(at - seen >= Math.Max(lease, 10) - (interval * 1.01), $"A second came back after {at - seen} s.");
            seconds[second] = at;
            wall += TimeSpan.FromSeconds(clockRuns);
            record = LeaseRecords.Renew(record, settings, wall);
        }
    }

    [Theory]
    [InlineData("other", 600, 0)]
    [InlineData("other", 3, 0)]
    [InlineData("other", 0.6, 0)]
    [InlineData("other", 0, 1.000001)]
    [InlineData("other", -0.3, 0.700001)]
    [InlineData("other", -3, 0)]
    [InlineData("", 600, 0)]
    [InlineData("", 3, 0)]
    [InlineData(ElectorDriver.Me, 600, 0)]
    [InlineData(ElectorDriver.Me, 3, 4.000001)] // A lost term's: our own time goes on.
    public void Acquire_TheTimeOfTheLastHolderIsAhead_IsForgotten(string holder, double last, double next)
    {
        DateTimeOffset now = Wall.AddSeconds(0.5);
        var lease =
            new Lease { ResourceVersion = "1", Uid = "uid", Record = SomeRecord.HeldBy(holder) with { RenewTime = After(now, last) } };

        LeaseRecord acquired = LeaseRecords.Acquire(lease, ElectorDriver.Defaults, now);

        Assert.Equal(After(now, next), acquired.RenewTime);
        Assert.Equal(acquired.RenewTime, acquired.AcquireTime);
    }

    [Fact]
    public void Acquire_TheLastHolderWroteNoTime_IsNow()
    {
        var lease = new Lease { ResourceVersion = "1", Uid = "uid", Record = SomeRecord.HeldBy("other") with { RenewTime = null } };

        Assert.Equal(Wall, LeaseRecords.Acquire(lease, ElectorDriver.Defaults, Wall).RenewTime);
    }

    [Fact]
    public void Renew_AfterATimeWithMoreDigits_HasNoMore()
    {
        LeaseRecord renewed = LeaseRecords.Renew(Held with { RenewTime = Wall.AddTicks(15) }, ElectorDriver.Defaults, Wall);

        Assert.Equal(Wall.AddSeconds(1).AddMicroseconds(2), renewed.RenewTime);
    }

    [Theory]
    [MemberData(nameof(EndsOfTime))]
    public void Renew_AtAnEndOfTheCalendar_IsAnotherSecond(DateTimeOffset last, DateTimeOffset wall)
    {
        DateTimeOffset? renewed = LeaseRecords.Renew(Held with { RenewTime = last }, ElectorDriver.Defaults, wall).RenewTime;

        Assert.NotEqual(last.UtcTicks / TimeSpan.TicksPerSecond, renewed!.Value.UtcTicks / TimeSpan.TicksPerSecond);
    }

    public static TheoryData<DateTimeOffset, DateTimeOffset> EndsOfTime => new()
    {
        { DateTimeOffset.MaxValue, Wall },
        { DateTimeOffset.MinValue, Wall },
        { Wall, DateTimeOffset.MinValue },
        { Wall, DateTimeOffset.MaxValue },
        { DateTimeOffset.MinValue, DateTimeOffset.MinValue },
        { DateTimeOffset.MaxValue, DateTimeOffset.MaxValue },
        { DateTimeOffset.MaxValue.AddDays(-1), DateTimeOffset.MaxValue },
    };

    [Fact]
    public void Renew_WallClockOfAnotherZone_IsWrittenInUtc()
    {
        LeaseRecord renewed = LeaseRecords.Renew(Held, ElectorDriver.Defaults, Wall.ToOffset(TimeSpan.FromHours(9)));

        Assert.Equal(TimeSpan.Zero, renewed.RenewTime!.Value.Offset);
    }

    [Theory]
    [InlineData("other", 4, 5)]
    [InlineData("", 4, 5)]
    [InlineData(null, 4, 5)]
    [InlineData("me", 4, 4)]
    [InlineData("other", int.MaxValue, int.MaxValue)]
    public void Acquire_CountsAChangeOfHolder(string? holder, int transitions, int expected)
    {
        var lease = new Lease { ResourceVersion = "1", Uid = "uid", Record = SomeRecord.HeldBy(holder, transitions: transitions) };

        Assert.Equal(expected, LeaseRecords.Acquire(lease, ElectorDriver.Defaults, Wall).LeaseTransitions);
    }

    [Fact]
    public void Release_KeepsTransitionsAndIsNoRenewalThatChangesNothing()
    {
        LeaseRecord released = LeaseRecords.Release(Held with { RenewTime = Wall }, ElectorDriver.Defaults, Wall);

        Assert.Equal("", released.HolderIdentity);
        Assert.Equal(1, released.LeaseDurationSeconds);
        Assert.Equal(4, released.LeaseTransitions);
        Assert.Equal(Wall.AddSeconds(1).AddMicroseconds(1), released.RenewTime);
        Assert.Equal(released.RenewTime, released.AcquireTime);
    }

    private static DateTimeOffset After(DateTimeOffset time, double seconds) => time + TimeSpan.FromMicroseconds(Math.Round(seconds * 1e6));
}
