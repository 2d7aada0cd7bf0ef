namespace LeaseElection.Soak.Checking;

/// <summary>
/// Finds what may not happen. A process that is paused is told late that its term is over, which no lease can help (docs/guarantees.md,
/// "What no lease can give"); what that explains is counted apart, and nothing else is excused: without its pauses the
/// work must have ended in time.
/// </summary>
internal sealed class HistoryChecker(History history, Rules rules)
{
    private readonly List<WorkRun> _runs = [.. history.Runs.OrderBy(run => run.Start)];
    private readonly List<Violation> _overlaps = [];
    private readonly List<Violation> _tokensBack = [];
    private readonly List<Violation> _lateActs = [];
    private readonly List<Violation> _leaderlessCalms = [];
    private readonly List<TimeSpan> _lateStops = [];
    private readonly List<TimeSpan> _recoveries = [];
    private int _fencedActs;
    private int _lateStarts;

    public static Verdict Check(History history, Rules rules) => new HistoryChecker(history, rules).Check();

    private Verdict Check()
    {
        for (int i = 0; i < _runs.Count; i++)
        {
            for (int j = i + 1; j < _runs.Count; j++)
                CheckPair(_runs[i], _runs[j]);
        }

        CheckTokens();
        CheckActs();
        IReadOnlyList<Span> led = Span.Union(_runs.SelectMany(history.Pauses.Running));
        foreach (Calm calm in history.Calms)
            CheckCalm(calm, led);
        return new Verdict
        {
            Overlaps = _overlaps,
            TokensBack = _tokensBack,
            LateActs = _lateActs,
            LeaderlessCalms = _leaderlessCalms,
            FencedActs = _fencedActs,
            LateStops = _lateStops,
            LateStarts = _lateStarts,
            Terms = _runs.DistinctBy(run => (run.Identity, run.Token)).Count(),
            HandOvers = _runs.Zip(_runs.Skip(1)).Count(pair => pair.First.Identity != pair.Second.Identity),
            Acts = _runs.Sum(run => run.Acts.Count),
            Gaps = _runs.Count == 0 ? [] : [.. Span.Without(new Span(_runs[0].Start, history.Until), led)],
            Recoveries = _recoveries,
        };
    }

    private void CheckPair(WorkRun first, WorkRun second)
    {
        (WorkRun older, WorkRun newer) = first.Token <= second.Token ? (first, second) : (second, first);
        TimeSpan together = history.Pauses.Running(older)
            .SelectMany(_ => history.Pauses.Running(newer), (one, other) => one.And(other).Length)
            .Aggregate(TimeSpan.Zero, (sum, length) => sum + length);
        if (together == TimeSpan.Zero)
            return;
        if (older.Identity != newer.Identity && older.End - PausedBefore(older, older.End, newer) <= newer.Start)
            _lateStops.Add(together);
        else
            _overlaps.Add(new Violation(newer.Start, $"{older} and {newer}: together for {together.TotalMilliseconds:0} ms"));
    }

    private void CheckTokens()
    {
        WorkRun? greatest = null;
        foreach (WorkRun run in _runs)
        {
            if (greatest is null || run.Token > greatest.Token)
                greatest = run;
            else if (run.Token == greatest.Token && run.Identity == greatest.Identity)
                continue; // The same term: its work ended and was started again.
            else if (run.Start - PausedBefore(run, run.Start, greatest) <= greatest.Start && run.Token < greatest.Token)
                _lateStarts++;
            else
                _tokensBack.Add(new Violation(run.Start, $"{run} after {greatest}"));
        }
    }

    /// <summary>
    /// How long the process of a run was paused so that it mattered: a pause that was over a lease duration before the successor started
    /// cannot have, because the run's last renewal came after it.
    /// </summary>
    private TimeSpan PausedBefore(WorkRun run, TimeSpan until, WorkRun successor) =>
        history.Pauses.Touching(run.Identity, new Span(successor.Start - rules.LeaseDuration, until));

    private void CheckActs()
    {
        foreach (WorkRun run in _runs)
        {
            // The earliest start is the strictest.
            TimeSpan successor = _runs.Where(other => other.Token > run.Token).Select(other => other.Start)
                .DefaultIfEmpty(TimeSpan.MaxValue).Min();
            foreach (GuardedAct act in run.Acts)
            {
                if (act.At < run.Start || act.At > run.End)
                    _lateActs.Add(new Violation(act.At, $"{run} acted at {act.At.TotalSeconds:0.000}, when it did not run"));
                else if (act.At < successor)
                    continue;
                else if (act.Checked < successor && act.At - act.Checked >= rules.Margin)
                    _fencedActs++;
                else
                    _lateActs.Add(new Violation(act.At, $"{run} looked at {act.Checked.TotalSeconds:0.000} and acted at "
                        + $"{act.At.TotalSeconds:0.000}, after a later term had begun at {successor.TotalSeconds:0.000}"));
            }
        }
    }

    private void CheckCalm(Calm calm, IReadOnlyList<Span> led)
    {
        TimeSpan leader = led.Where(span => span.To > calm.From).Select(span => span.From).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        TimeSpan recovery = leader > calm.From ? leader - calm.From : TimeSpan.Zero;
        if (recovery > rules.Liveness)
            _leaderlessCalms.Add(new Violation(calm.From, $"nobody led within {rules.Liveness.TotalSeconds:0.0} s after {calm.Fault}, "
                + $"over at {calm.From.TotalSeconds:0.000}"));
        else
            _recoveries.Add(recovery);
    }
}
