namespace LeaseElection.Hosting.Scheduling.Due;

public sealed class DueTimesTests
{
    [Theory]
    // There is no half past two on that Sunday: when the hour that there is not ends.
    [InlineData("30 2 * * *", "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("30 2 * * *", "2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z")] // There is a half past two twice: the first time ...
    [InlineData("30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")] // ... and only then.
    [InlineData("*/30 * * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z")] // Every half-hour is every half-hour.
    [InlineData("0 3 * * *", "2026-03-28T02:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("15 0 3 * * *", "2026-06-01T00:00:00Z", "2026-06-01T01:00:15Z")]
    public void After_InZurich_IsWhatPeopleExpect(string cron, string instant, string expected) =>
        Assert.Equal(At(expected), Zurich(cron).After(At(instant)));

    [Fact]
    public void After_DayThatNeverComes_IsNothing() => Assert.Null(Zurich("0 0 30 2 *").After(At("2026-01-01T00:00:00Z")));

    /// <summary>As somebody notes it who wants a schedule to rest.</summary>
    [Theory]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T00:00:00Z")]
    public void After_EndOfTime_IsNothing(string instant) => Assert.Null(Zurich("0 3 * * *").After(At(instant)));

    [Fact]
    public void Within_BeginningOfTime_IsWhatIsLatest() =>
        Assert.Equal([At("2026-01-01T02:00:00Z")], Zurich("0 3 * * *").Within(DateTimeOffset.MinValue, At("2026-01-01T12:00:00Z"), 1));

    [Fact]
    public void Within_ManyMore_AreTheLatestInTheirOrder() =>
        Assert.Equal(
            [At("2026-01-01T00:57:00Z"), At("2026-01-01T00:58:00Z"), At("2026-01-01T00:59:00Z")],
            Zurich("* * * * *").Within(At("2016-01-01T00:00:00Z"), At("2026-01-01T00:59:30Z"), 3));

    [Fact]
    public void Within_Few_AreAll() =>
        Assert.Equal(
            [At("2025-12-31T23:00:00Z"), At("2026-12-31T23:00:00Z")],
            Zurich("0 0 1 1 *").Within(At("2025-01-01T00:00:00Z"), At("2027-01-01T00:00:00Z"), 3));

    [Fact]
    public void Within_BeginningIsDue_IsWithoutIt() =>
        Assert.Equal(
            [At("2026-01-01T00:01:00Z")], Zurich("* * * * *").Within(At("2026-01-01T00:00:00Z"), At("2026-01-01T00:01:00Z"), 9));

    [Fact]
    public void Within_EndBeforeBeginning_IsEmpty() =>
        Assert.Empty(Zurich("* * * * *").Within(At("2026-01-02T00:00:00Z"), At("2026-01-01T00:00:00Z"), 9));

    private static DueTimes Zurich(string cron) => new(CronText.Parse(cron), ScheduleZone.Find("Europe/Zurich")!);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
