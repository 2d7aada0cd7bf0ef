using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>The watchdog of one process, which tells the work of a term that its time is up, whatever the loop does.</summary>
internal sealed class SimWatchdog(World world, SimProcess process)
{
    /// <summary>How often it looks at the clocks: no wait counts the time a machine is suspended.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private int _look;

    /// <summary>A term begins.</summary>
    public void Guard() => Schedule(++_look);

    /// <summary>The term is over, and whoever works for it is told.</summary>
    public void Forget() => _look++;

    /// <summary>It compares the clocks twice a second.</summary>
    public void LookSoon() => world.In(Tick * world.Random.NextDouble(), () => process.WhenAwake(() =>
    {
        if (process.Term is { } term && term.Validity.IsDoubtful(process.Clocks))
            process.Post(new ElectionInput.TimerFired());
        Look(_look);
    }));

    /// <summary>It has a thread of its own: late by milliseconds, whatever the thread pool does.</summary>
    private void Schedule(int look)
    {
        TimeSpan left = process.Node.Clock.InTruth(process.Term!.Validity.Deadline - process.Monotonic);
        process.Timers.Fire(
            (left > TimeSpan.Zero ? left : TimeSpan.Zero) + TimeSpan.FromMicroseconds(world.Random.Next(5000)), () => Look(look));
    }

    private void Look(int look)
    {
        if (look != _look || process is not { Term: { } term, Work: { } work })
            return;
        if (!term.Validity.IsOver(process.Clocks))
        {
            Schedule(look);
            return;
        }

        _look++;
        work.Tell(isLost: true);
        process.Post(new ElectionInput.TermExpired(work.Facts));
    }
}
