namespace LeaseElection.Simulation;

/// <summary>
/// Virtual true time on one thread, and dice that are all drawn from one seed, so that the same seed is the same world to the last
/// microsecond.
/// </summary>
internal abstract class Timeline(int seed, Chronicle? chronicle)
{
    /// <summary>More than any world needs: somebody is running in circles.</summary>
    private const int MostEvents = 3_000_000;

    private readonly PriorityQueue<Action, long> _events = new();
    private long _order;
    private int _count;

    public Chronicle? Chronicle => chronicle;

    public Random Random { get; } = new(seed);

    /// <summary>The true time since the world began.</summary>
    public TimeSpan Now { get; private set; }

    public abstract Violation? Violation { get; }

    public void In(TimeSpan pause, Action happens) => At(Now + pause, happens);

    public void At(TimeSpan at, Action happens)
    {
        TimeSpan due = at > Now ? at : Now;
        _events.Enqueue(happens, (due.Ticks << 24) | (_order++ & 0xFFFFFF)); // In order of scheduling where the time is the same.
    }

    /// <summary>Lets time pass, unless a promise has been broken.</summary>
    public void RunUntil(TimeSpan end)
    {
        while (Violation is null && _events.TryPeek(out _, out long due) && due >> 24 <= end.Ticks)
        {
            Now = TimeSpan.FromTicks(due >> 24);
            _events.Dequeue()();
            if (++_count > MostEvents)
                RunsInCircles("the world never comes to rest: somebody runs in circles");
        }

        if (Violation is null)
            Now = end;
    }

    public void RunFor(TimeSpan time) => RunUntil(Now + time);

    /// <summary>Runs until this holds; gives up at a time.</summary>
    public bool RunUntil(Func<bool> holds, TimeSpan end)
    {
        while (Violation is null && !holds())
        {
            if (!_events.TryPeek(out _, out long due) || due >> 24 > end.Ticks)
                return false;
            RunUntil(TimeSpan.FromTicks(due >> 24));
        }

        return Violation is null;
    }

    public TimeSpan Upto(TimeSpan most) => most * Random.NextDouble();

    /// <summary>A rate of a clock that is off by so much at most, and often by that.</summary>
    protected double Rate(double error) => Random.Next(3) switch
    {
        0 => 1 - error,
        1 => 1 + error,
        _ => 1 + (((Random.NextDouble() * 2) - 1) * error),
    };

    protected abstract void RunsInCircles(string rule);
}
