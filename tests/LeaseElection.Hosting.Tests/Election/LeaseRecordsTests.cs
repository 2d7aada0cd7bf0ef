using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

public class LeaseRecordsTests
{
    private static readonly DateTimeOffset Wall = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Renew_TimesHaveMicrosecondsAndNoMore()
    {
        LeaseRecord renewed = LeaseRecords.Renew(SomeRecord.HeldBy("me"), Wall.AddTicks(12345679));

        Assert.Equal(Wall.AddTicks(12345670), renewed.RenewTime);
    }

    [Fact]
    public void Renew_AfterATimeWithMoreDigits_IsLaterAndHasNoMore()
    {
        LeaseRecord renewed = LeaseRecords.Renew(SomeRecord.HeldBy("me") with { RenewTime = Wall.AddTicks(15) }, Wall);

        Assert.Equal(Wall.AddTicks(20), renewed.RenewTime);
    }

    [Fact]
    public void Renew_AfterATimeAtTheEndOfTheCalendar_IsNow()
    {
        LeaseRecord renewed = LeaseRecords.Renew(SomeRecord.HeldBy("me") with { RenewTime = DateTimeOffset.MaxValue }, Wall);

        Assert.Equal(Wall, renewed.RenewTime);
    }

    [Fact]
    public void Renew_WallClockOfAnotherZone_IsWrittenInUtc()
    {
        LeaseRecord renewed = LeaseRecords.Renew(SomeRecord.HeldBy("me"), Wall.ToOffset(TimeSpan.FromHours(9)));

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
        LeaseRecord held = SomeRecord.HeldBy("me", transitions: 4) with { RenewTime = Wall };

        LeaseRecord released = LeaseRecords.Release(held, Wall);

        Assert.Equal("", released.HolderIdentity);
        Assert.Equal(1, released.LeaseDurationSeconds);
        Assert.Equal(4, released.LeaseTransitions);
        Assert.Equal(Wall.AddMicroseconds(1), released.RenewTime);
    }
}
