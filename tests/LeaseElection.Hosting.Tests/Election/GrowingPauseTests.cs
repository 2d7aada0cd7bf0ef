using LeaseElection.Hosting.Election;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

public class GrowingPauseTests
{
    [Fact]
    public void Next_EndAfterEnd_DoublesUpToAMinute()
    {
        var pause = new GrowingPause(new SteadyRandom(1));
        TimeSpan now = TimeSpan.Zero;

        double[] pauses = [.. Enumerable.Range(0, 8).Select(_ =>
        {
            TimeSpan next = pause.Next(now);
            now += next;
            return next.TotalSeconds;
        })];

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], pauses);
    }

    [Theory]
    [InlineData(59.9, 2)]
    [InlineData(60, 1)]
    public void Next_AfterAMinuteOfHealth_StartsAnew(double healthy, double expected)
    {
        var pause = new GrowingPause(new SteadyRandom(1));
        TimeSpan first = pause.Next(TimeSpan.Zero);

        Assert.Equal(expected, pause.Next(first + TimeSpan.FromSeconds(healthy)).TotalSeconds);
    }
}
