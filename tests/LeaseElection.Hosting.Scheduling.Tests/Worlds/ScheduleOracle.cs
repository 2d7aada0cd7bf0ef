namespace LeaseElection.Hosting.Scheduling.Worlds;

/// <summary>
/// Sees which runs begin and end and what the lease says, and nothing of how that was decided. Knows when something is due from elsewhere.
/// </summary>
internal sealed class ScheduleOracle(ReferenceSchedule reference, ScheduleOptions options, TimeSpan mostOffset)
{
    private readonly HashSet<DateTimeOffset> _begun = [];
    private readonly HashSet<DateTimeOffset> _succeeded = [];
    private DateTimeOffset? _through;
    private DateTimeOffset? _lastRun;

    public List<string> Violations { get; } = [];

    public int Runs { get; private set; }

    public int Missed { get; private set; }

    /// <summary>The lease says so from now on, whether or not its writer knows.</summary>
    /// <param name="through">What is settled now.</param>
    /// <param name="runs">Due times that were said to be settled by it.</param>
    /// <param name="isSkipped">Whether there is no run for it.</param>
    public void Settled(DateTimeOffset through, int runs, bool isSkipped)
    {
        if (_through is { } before)
        {
            if (through <= before)
                Violations.Add($"what is settled went back from {before:O} to {through:O}");
            List<DateTimeOffset> due = reference.Within(before, through);
            if (Math.Min(due.Count, 1_000) != Math.Min(runs, 1_000))
                Violations.Add($"{runs} due times were said to be settled by {through:O} since {before:O}, but there were {due.Count}");
            if (options.Delivery == Delivery.AtLeastOnce && !isSkipped && !_succeeded.Contains(through))
                Violations.Add($"{through:O} was noted as done, and no run for it has ended well");
            if (options.Missed == MissedRuns.RunOnce && isSkipped)
                Violations.Add($"{through:O} was left out, and RunOnce makes up for all");
            Missed += isSkipped ? runs : runs - 1;
        }
        else if (!isSkipped)
            Violations.Add($"a run for {through:O} though nothing was known of before");

        _through = through;
        if (!isSkipped && options.Delivery == Delivery.AtMostOnce)
            _lastRun = through;
    }

    public void Began(DateTimeOffset dueAt, DateTimeOffset? previous, int missed, DateTimeOffset now)
    {
        Runs++;
        if (!_begun.Add(dueAt) && options.Delivery == Delivery.AtMostOnce)
            Violations.Add($"{dueAt:O} ran twice");
        if (reference.Within(dueAt.AddTicks(-1), dueAt).Count != 1)
            Violations.Add($"{dueAt:O} ran and is not due");
        if (now + mostOffset < dueAt)
            Violations.Add($"{dueAt:O} began at {now:O}");
        if (options.Missed == MissedRuns.Skip && now - dueAt > options.StartingDeadline + mostOffset + TimeSpan.FromSeconds(1))
            Violations.Add($"{dueAt:O} began as late as {now:O}");
        if (options.Missed == MissedRuns.RunAll && missed != 0)
            Violations.Add($"{dueAt:O} makes up for {missed} others, and each was to have its own run");
        if (options.Delivery == Delivery.AtLeastOnce && previous != _lastRun)
            Violations.Add($"{dueAt:O} was told that {previous:O} ran before it, but that was {_lastRun:O}");
    }

    public void Succeeded(DateTimeOffset dueAt)
    {
        _succeeded.Add(dueAt);
    }

    /// <summary>A run was confirmed as done.</summary>
    public void Confirmed(DateTimeOffset dueAt)
    {
        if (options.Delivery == Delivery.AtLeastOnce)
            _lastRun = dueAt;
    }

    /// <summary>All has been calm for long enough: nothing is left to do.</summary>
    public void End(DateTimeOffset now)
    {
        if (_through is not { } through)
            Violations.Add("nothing was ever noted");
        else if (reference.Within(through, now - TimeSpan.FromMinutes(5)) is [var lost, ..])
            Violations.Add($"{lost:O} was lost: nothing is left to be done at {now:O}");
    }
}
