namespace LeaseElection.Hosting.Scheduling.Due;

public sealed class ScheduleMarkTests
{
    private static readonly DateTimeOffset Three = new(2026, 11, 28, 3, 0, 0, TimeSpan.Zero);

    public static TheoryData<DateTimeOffset?, string> Marks => new()
    {
        { Three, "2026-11-28T03:00:00Z" },
        { Three.AddDays(-1), "2026-11-28T03:00:00Z last run 2026-11-27T03:00:00Z" },
        { null, "2026-11-28T03:00:00Z no run yet" },
    };

    [Theory]
    [MemberData(nameof(Marks))]
    public void Text_OfAMark_IsThatMark(DateTimeOffset? lastRun, string text)
    {
        var mark = new ScheduleMark(Three, lastRun);

        Assert.Equal(text, mark.ToString());
        Assert.Equal(mark, ScheduleMark.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2026-11-28")]
    [InlineData("2026-11-28T03:00:00Z last run yesterday")]
    [InlineData("2026-11-28T03:00:00+01:00")]
    public void Parse_TextOfSomebodyElse_IsNothing(string text) => Assert.Null(ScheduleMark.Parse(text));
}
