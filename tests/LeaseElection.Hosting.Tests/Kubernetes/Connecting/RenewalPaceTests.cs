using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests.Kubernetes.Connecting;

public sealed class RenewalPaceTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void TryBegin_RefusedAllTheTime_IsAskedEverLessOften()
    {
        var pace = new RenewalPace(_time);
        var asked = new List<int>();

        for (int second = 0; second < 200; second++)
        {
            if (pace.TryBegin())
                asked.Add(second);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, 1, 3, 7, 15, 31, 63, 123, 183], asked);
    }

    [Fact]
    public void TryBegin_AfterAnAcceptedRequest_IsAtOnceAndThenAfterASecond()
    {
        var pace = new RenewalPace(_time);
        for (int i = 0; i < 100; i++)
        {
            pace.TryBegin();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        pace.Accepted();
        Assert.True(pace.TryBegin());
        Assert.False(pace.TryBegin());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(pace.TryBegin());
    }

    [Fact]
    public void TryBegin_AskingTookLong_TimeIsCountedFromItsEnd()
    {
        var pace = new RenewalPace(_time);
        pace.TryBegin();
        _time.Advance(TimeSpan.FromSeconds(30));
        pace.Ended();

        Assert.False(pace.TryBegin());
    }
}
