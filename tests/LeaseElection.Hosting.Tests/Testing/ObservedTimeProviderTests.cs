using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Testing.Api;
using LeaseElection.Hosting.Testing.Time;
using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests;

/// <summary>What the testing kit sees of the timers of an election: while a request is under way it must let no time pass.</summary>
public sealed class ObservedTimeProviderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly ObservedTimeProvider _observed;
    private int _set;

    public ObservedTimeProviderTests() => _observed = new ObservedTimeProvider(_time, new Pulse(), () => _set++);

    [Fact]
    public void Requests_OneAfterTheOther_AreUnderWayUntilTheyAreAnswered()
    {
        using var source = new TimeoutSource(_observed);
        for (int request = 0; request < 3; request++)
        {
            source.Begin(Second);
            Assert.Equal(1, _observed.TimeLimits);
            _time.Advance(Second / 2);
            Assert.True(source.TryEnd());
            Assert.Equal((0, 1), (_observed.TimeLimits, _observed.Timers));
        }

        Assert.Equal(0, _set); // It tells of no loop that has looked.
    }

    [Fact]
    public void Request_TimedOut_IsUnderWayUntilItHasEnded()
    {
        using var source = new TimeoutSource(_observed);
        source.Begin(Second);
        _time.Advance(Second);
        Assert.Equal((true, 1), (source.IsOver, _observed.TimeLimits));

        source.Dispose();

        Assert.Equal((0, 0), (_observed.TimeLimits, _observed.Timers));
    }

    [Fact]
    public void TimerOfALoop_IsNoTimeLimit_AndUnansweredUntilItIsSetAnew()
    {
        using ITimer timer = _observed.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(Second, Timeout.InfiniteTimeSpan);
        Assert.Equal((0, 0, 1), (_observed.TimeLimits, _observed.Unanswered, _set));
        _time.Advance(Second);
        Assert.Equal(1, _observed.Unanswered);

        timer.Change(Second, Timeout.InfiniteTimeSpan);

        Assert.Equal((0, 0, 2), (_observed.TimeLimits, _observed.Unanswered, _set));
    }
}
