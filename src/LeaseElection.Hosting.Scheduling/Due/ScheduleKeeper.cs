namespace LeaseElection.Hosting.Scheduling.Due;

/// <summary>
/// Decides what is due, from what the lease says is settled, what came of the runs of this term, and the wall clock. No clock, no task:
/// whoever asks says what time it is, and tells what was noted and which runs failed.
/// </summary>
/// <remarks>
/// *Settled* is the due time up to which there is nothing to do any more, noted on the lease: with <see cref="Delivery.AtMostOnce"/>
/// before the run for it, with <see cref="Delivery.AtLeastOnce"/> after it. It only ever goes forward, so a wall clock that is behind that
/// of the last leader, or is set back, waits and repeats nothing.
/// </remarks>
internal sealed class ScheduleKeeper(DueTimes times, ScheduleOptions options, ScheduleMark? noted)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private DateTimeOffset? _failedAt;
    private int _failures;

    /// <summary>What is settled as far as this process knows.</summary>
    public ScheduleMark? Mark { get; private set; } = noted;

    private TimeSpan Pause => TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(_failures - 1, 10)));

    /// <summary>What there is to do now.</summary>
    public ScheduleStep Next(DateTimeOffset now)
    {
        // Of what was due before anybody ever led nothing is known, so nothing was missed. Noted, or a crash would lose what is due next.
        if (Mark is not { } mark)
            return new ScheduleStep.Settle(new ScheduleMark(Whole(now), null), 0);
        if (options.Delivery == Delivery.AtLeastOnce && _failedAt is { } failedAt && now >= failedAt && now - failedAt < Pause)
            return new ScheduleStep.Wait(failedAt + Pause);
        return (options.Missed == MissedRuns.RunAll ? Each(mark, now) : Latest(mark, now))
            ?? new ScheduleStep.Wait(times.After(mark.Through > now ? mark.Through : now));
    }

    /// <summary>The lease says so now.</summary>
    public void Settled(ScheduleMark mark) => Mark = mark;

    /// <summary>A run ended well.</summary>
    public void Succeeded() => (_failures, _failedAt) = (0, null);

    /// <summary>A run failed. With <see cref="Delivery.AtLeastOnce"/> it is due again, after a pause that grows.</summary>
    public void Failed(DateTimeOffset now) => (_failures, _failedAt) = (_failures + 1, now);

    private ScheduleStep? Latest(ScheduleMark mark, DateTimeOffset now)
    {
        IReadOnlyList<DateTimeOffset> due = times.Within(mark.Through, now, DueTimes.MostCounted + 1);
        if (due is not [.., var latest])
            return null;
        return options.Missed == MissedRuns.Skip && now - latest > options.StartingDeadline
            ? new ScheduleStep.Settle(mark with { Through = latest }, Math.Min(due.Count, DueTimes.MostCounted))
            : new ScheduleStep.Run(latest, mark.LastRun, due.Count - 1, _failures);
    }

    private ScheduleStep? Each(ScheduleMark mark, DateTimeOffset now)
    {
        IReadOnlyList<DateTimeOffset> due = times.Within(mark.Through, now, options.MaxMissedRuns + 1);
        if (due.Count == 0)
            return null;
        return due.Count > options.MaxMissedRuns
            ? new ScheduleStep.Settle(mark with { Through = due[0] }, times.Within(mark.Through, due[0], DueTimes.MostCounted).Count)
            : new ScheduleStep.Run(due[0], mark.LastRun, 0, _failures);
    }

    private static DateTimeOffset Whole(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
