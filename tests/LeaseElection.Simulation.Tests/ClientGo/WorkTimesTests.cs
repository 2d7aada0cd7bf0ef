namespace LeaseElection.Simulation.Tests;

public sealed class WorkTimesTests
{
    [Fact]
    public void One_after_the_other_is_no_overlap()
    {
        WorkTimes work = After((0, 1), (5, 0), (5, 1), (9, 0));

        Assert.False(work.HadTwo);
        Assert.Equal(TimeSpan.Zero, work.Longest);
    }

    [Fact]
    public void An_overlap_lasts_from_the_second_beginning_to_the_first_end_and_the_longest_counts()
    {
        WorkTimes work = After((0, 1), (2, 2), (3, 1), (10, 2), (12, 3), (15, 2), (16, 1));

        Assert.True(work.HadTwo);
        Assert.Equal(TimeSpan.FromSeconds(6), work.Longest);
    }

    [Fact]
    public void An_overlap_that_is_not_over_counts_up_to_now() =>
        Assert.Equal(TimeSpan.FromSeconds(4), After((0, 2), (4, 2)).Longest);

    private static WorkTimes After(params (int Second, int Working)[] changes)
    {
        var work = new WorkTimes();
        foreach ((int second, int working) in changes)
            work.Set(working, TimeSpan.FromSeconds(second));
        return work;
    }
}
