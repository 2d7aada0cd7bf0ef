using LeaseElection.Hosting.Scheduling.Due;

namespace LeaseElection.Hosting.Scheduling.Worlds;

/// <summary>
/// Sees which runs begin and end and what the lease says, and nothing of how that was decided. Knows when something is due from elsewhere.
/// </summary>
internal sealed class ScheduleOracle(ReferenceSchedule reference, ScheduleOptions options)
{
    /// <summary>A timer and a write to the lease.</summary>
    private static readonly TimeSpan MostDelay = TimeSpan.FromSeconds(0.7);

    private readonly HashSet<DateTimeOffset> _begun = [];
    private readonly HashSet<DateTimeOffset> _succeeded = [];
    private readonly List<string> _violations = [];
    private DateTimeOffset? _through;
    private DateTimeOffset? _lastRun;
    private DateTimeOffset? _runBefore;

    public IReadOnlyList<string> Violations => _violations;

    public int Runs { get; private set; }

    public int Missed { get; private set; }

    /// <summary>The lease says so from now on, whether or not its writer knows.</summary>
    /// <param name="mark">What is settled now.</param>
    /// <param name="runs">Due times that were said to be settled by it.</param>
    /// <param name="isSkipped">Whether there is no run for it.</param>
    /// <param name="clock">What the clock of its writer says.</param>
    public void Settled(ScheduleMark mark, int runs, bool isSkipped, DateTimeOffset clock)
    {
        DateTimeOffset through = mark.Through;
        Check(_through is not null || isSkipped, $"a run for {through:O} though nothing was known of before");
        if (_through is { } before)
        {
            int due = reference.Within(before, through).Count;
            Check(through > before, $"what is settled went back from {before:O} to {through:O}");
            Check(
                Math.Min(due, 1_000) == Math.Min(runs, 1_000),
                $"{runs} due times were said to be settled by {through:O} since {before:O}, but there were {due}");
            Check(
                isSkipped || options.Delivery == Delivery.AtMostOnce || _succeeded.Contains(through),
                $"{through:O} was noted as done, and no run for it has ended well");
            Check(
                !isSkipped || MayLeaveOut(through, clock), $"{through:O} was left out at {clock:O}, and {options.Missed} has a run for it");
            Missed += isSkipped ? runs : runs - 1;
        }

        _through = through;
        if (!isSkipped)
            (_runBefore, _lastRun) = (_lastRun, through);
        Check(mark.LastRun == _lastRun, $"the lease says that the last run was for {mark.LastRun:O}, but that was {_lastRun:O}");
    }

    /// <summary>A run that was noted is not begun: the lease says what it said before.</summary>
    public void TakenBack(ScheduleMark mark, ScheduleMark before, int runs)
    {
        Check(!_begun.Contains(mark.Through), $"{mark.Through:O} was taken back after it had begun");
        (_through, _lastRun) = (before.Through, before.LastRun);
        Missed -= runs - 1;
    }

    /// <param name="run">What begins.</param>
    /// <param name="clock">What the clock of its process says.</param>
    /// <param name="idleSince">Since when that has had nothing else to do, by the same clock.</param>
    public void Began(ScheduleStep.Run run, DateTimeOffset clock, DateTimeOffset idleSince)
    {
        DateTimeOffset due = run.DueAt;
        bool isNew = _begun.Add(due);
        Runs++;
        Check(isNew || options.Delivery == Delivery.AtLeastOnce, $"{due:O} ran twice");
        Check(reference.Within(due.AddTicks(-1), due).Count == 1, $"{due:O} ran and is not due");
        Check(clock >= due, $"{due:O} began at {clock:O}");
        DateTimeOffset expected = due > idleSince ? due : idleSince;
        bool pauses = run.Failures > 0 && options.Delivery == Delivery.AtLeastOnce;
        Check(pauses || clock - expected <= MostDelay, $"{due:O} began only at {clock:O}, and could have at {expected:O}");
        Check(
            options.Missed != MissedRuns.Skip || clock - due <= options.StartingDeadline + MostDelay,
            $"{due:O} was to be left out, and began at {clock:O}");
        Check(
            options.Missed != MissedRuns.RunAll || run.Missed == 0,
            $"{due:O} makes up for {run.Missed} others, which have runs of their own");
        Check(
            options.Missed == MissedRuns.RunAll || reference.Within(due, clock - MostDelay).Count == 0,
            $"{due:O} began at {clock:O}, when a later one was due that makes up for it");
        DateTimeOffset? previous = options.Delivery == Delivery.AtMostOnce ? _runBefore : _lastRun;
        Check(run.Previous == previous, $"{due:O} was told that {run.Previous:O} ran before it, but that was {previous:O}");
    }

    public void Succeeded(DateTimeOffset dueAt) => _succeeded.Add(dueAt);

    /// <summary>All has been calm for long enough: nothing is left to do.</summary>
    /// <param name="clock">What the clock of the last leader says.</param>
    public void End(DateTimeOffset clock)
    {
        Check(_through is not null, "nothing was ever noted");
        if (_through is { } through && reference.Within(through, clock - TimeSpan.FromMinutes(5)) is [var lost, ..])
            Check(false, $"{lost:O} was lost: nothing is left to be done at {clock:O}");
    }

    private bool MayLeaveOut(DateTimeOffset through, DateTimeOffset clock) => options.Missed switch
    {
        MissedRuns.Skip => clock - through > options.StartingDeadline,
        MissedRuns.RunAll => reference.Within(through, clock).Count >= options.MaxMissedRuns,
        _ => false,
    };

    private void Check(bool isRight, string violation)
    {
        if (!isRight)
            _violations.Add(violation);
    }
}
