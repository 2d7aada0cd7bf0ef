namespace LeaseElection.Hosting.Scheduling.Due;

/// <summary>A schedule of every hour, looked at from ten past three.</summary>
public sealed class ScheduleKeeperTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 3, 10, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Three = new(2026, 11, 28, 3, 0, 0, TimeSpan.Zero);

    private readonly ScheduleOptions _options = new();

    [Fact]
    public void NothingNoted_BeginsNow() =>
        Assert.Equal(new ScheduleStep.Settle(new ScheduleMark(Now, null), 0), Keeper(null).Next(Now.AddMilliseconds(400)));

    [Fact]
    public void AllSettled_WaitsForTheNext() => Assert.Equal(new ScheduleStep.Wait(Three.AddHours(1)), Keeper(Ran(Three)).Next(Now));

    [Fact]
    public void SettledBeyondNow_WaitsForWhatComesAfter() =>
        Assert.Equal(new ScheduleStep.Wait(Three.AddHours(3)), Keeper(Ran(Three.AddHours(2))).Next(Now));

    [Fact]
    public void RunOnce_MakesUpForAll() =>
        Assert.Equal(new ScheduleStep.Run(Three, Three.AddHours(-3), 2, 0), Keeper(Ran(Three.AddHours(-3))).Next(Now));

    [Fact]
    public void Skip_LeavesOutWhatIsLate_AndWaits()
    {
        _options.Missed = MissedRuns.Skip;
        ScheduleKeeper keeper = Keeper(Ran(Three.AddHours(-3)));

        var settle = Assert.IsType<ScheduleStep.Settle>(keeper.Next(Now));
        Assert.Equal(new ScheduleStep.Settle(new ScheduleMark(Three, Three.AddHours(-3)), 3), settle);
        keeper.Settled(settle.Mark);
        Assert.Equal(new ScheduleStep.Wait(Three.AddHours(1)), keeper.Next(Now));
    }

    [Fact]
    public void Skip_RunsWhatIsHardlyLate()
    {
        _options.Missed = MissedRuns.Skip;

        Assert.Equal(new ScheduleStep.Run(Three, Three.AddHours(-2), 1, 0), Keeper(Ran(Three.AddHours(-2))).Next(Three.AddSeconds(10)));
    }

    [Fact]
    public void RunAll_BeginsWithTheOldest()
    {
        _options.Missed = MissedRuns.RunAll;
        ScheduleKeeper keeper = Keeper(Ran(Three.AddHours(-2)));

        var first = Assert.IsType<ScheduleStep.Run>(keeper.Next(Now));
        Assert.Equal(new ScheduleStep.Run(Three.AddHours(-1), Three.AddHours(-2), 0, 0), first);
        keeper.Settled(first.Mark);
        Assert.Equal(new ScheduleStep.Run(Three, Three.AddHours(-1), 0, 0), keeper.Next(Now));
    }

    [Fact]
    public void RunAll_BeyondItsBound_LeavesOutTheOldest()
    {
        _options.Missed = MissedRuns.RunAll;
        _options.MaxMissedRuns = 2;
        ScheduleKeeper keeper = Keeper(Ran(Three.AddHours(-5)));

        var settle = Assert.IsType<ScheduleStep.Settle>(keeper.Next(Now));
        Assert.Equal(new ScheduleStep.Settle(new ScheduleMark(Three.AddHours(-2), Three.AddHours(-5)), 3), settle);
        keeper.Settled(settle.Mark);
        Assert.Equal(new ScheduleStep.Run(Three.AddHours(-1), Three.AddHours(-5), 0, 0), keeper.Next(Now));
    }

    [Fact]
    public void Failed_AtMostOnce_TheNextIsNotLate()
    {
        ScheduleKeeper keeper = Keeper(Ran(Three));

        for (int failures = 0; failures < 20; failures++)
            keeper.Failed(Three.AddHours(1).AddSeconds(-1));

        Assert.Equal(new ScheduleStep.Run(Three.AddHours(1), Three, 0, 20), keeper.Next(Three.AddHours(1)));
    }

    [Fact]
    public void Failed_AtLeastOnce_IsRepeatedAfterAPauseThatGrows()
    {
        _options.Delivery = Delivery.AtLeastOnce;
        ScheduleKeeper keeper = Keeper(Ran(Three.AddHours(-1)));

        keeper.Failed(Now);
        Assert.Equal(new ScheduleStep.Wait(Now.AddSeconds(1)), keeper.Next(Now));
        Assert.Equal(new ScheduleStep.Run(Three, Three.AddHours(-1), 0, 1), keeper.Next(Now.AddSeconds(1)));
        for (int failures = 2; failures < 20; failures++)
            keeper.Failed(Now);
        Assert.Equal(new ScheduleStep.Wait(Now.AddMinutes(1)), keeper.Next(Now));
        Assert.IsType<ScheduleStep.Run>(keeper.Next(Now.AddMinutes(-1))); // A clock that was set back keeps nothing waiting.

        keeper.Succeeded();
        Assert.Equal(new ScheduleStep.Run(Three, Three.AddHours(-1), 0, 0), keeper.Next(Now));
    }

    [Fact]
    public void MissedForYears_IsCountedUpToAThousand() =>
        Assert.Equal(DueTimes.MostCounted, Assert.IsType<ScheduleStep.Run>(Keeper(Ran(Three.AddYears(-10))).Next(Now)).Missed);

    private static ScheduleMark Ran(DateTimeOffset due) => new(due, due);

    private ScheduleKeeper Keeper(ScheduleMark? noted) => new(new DueTimes(CronText.Parse("0 * * * *"), TimeZoneInfo.Utc), _options, noted);
}
