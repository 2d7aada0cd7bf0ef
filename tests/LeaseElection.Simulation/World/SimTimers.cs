using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>When things happen in a process: its one timer, early or late, and what waits until it is frozen no longer.</summary>
internal sealed class SimTimers(World world, SimProcess process)
{
    private readonly List<Action> _onResume = [];
    private int _timer;

    public bool AreFrozen { get; private set; }

    public void Freeze() => AreFrozen = true;

    /// <param name="late">How much longer every timer takes.</param>
    public void Resume(TimeSpan late)
    {
        AreFrozen = false;
        Action[] missed = [.. _onResume];
        _onResume.Clear();
        world.Random.Shuffle(missed);
        foreach (Action happens in missed)
            world.In(late * world.Random.NextDouble(), () => WhenAwake(happens));
    }

    /// <summary>Does it now, or once the process runs again.</summary>
    public void WhenAwake(Action happens)
    {
        if (process.IsDead)
            return;
        if (AreFrozen)
            _onResume.Add(happens);
        else
            happens();
    }

    /// <summary>The timer that the core asked for.</summary>
    public void Set(TimeSpan pause)
    {
        int timer = ++_timer;
        TimeSpan due = process.Node.Clock.InTruth(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(pause.TotalMilliseconds, 0))));
        due -= due * process.Node.TimersEarly;
        Fire(due + TimeSpan.FromMicroseconds(world.Random.Next(3000)) + (process.Node.TimersLate * world.Random.NextDouble()), () =>
        {
            if (timer == _timer)
                process.Post(new ElectionInput.TimerFired());
        });
    }

    public void Unset() => _timer++;

    /// <summary>Does it then, or once timers are stuck no longer and the process runs.</summary>
    public void Fire(TimeSpan pause, Action happens)
    {
        TimeSpan stuck = process.Node.TimersStuckUntil - world.Now;
        world.In(pause > stuck ? pause : stuck, () =>
        {
            if (process.Node.TimersStuckUntil > world.Now)
                Fire(TimeSpan.Zero, happens);
            else
                WhenAwake(happens);
        });
    }
}
