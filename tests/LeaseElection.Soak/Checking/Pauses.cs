namespace LeaseElection.Soak.Checking;

/// <summary>When processes did not run although they lived: SIGSTOP, or a machine that had no time for them.</summary>
internal sealed class Pauses
{
    private readonly Dictionary<string, IReadOnlyList<Span>> _byProcess;

    public Pauses(IEnumerable<(string Identity, Span Span)> pauses)
    {
        // A frozen process tells of its freeze as well as whoever froze it: the same time must not count twice.
        _byProcess = pauses.GroupBy(pause => pause.Identity, pause => pause.Span).ToDictionary(group => group.Key, Span.Union);
    }

    public IReadOnlyList<Span> Of(string identity) => _byProcess.GetValueOrDefault(identity, []);

    /// <summary>When a run really ran.</summary>
    public IEnumerable<Span> Running(WorkRun run) => Span.Without(new Span(run.Start, run.End), Of(run.Identity));

    /// <summary>How long all the pauses of a process were that touch this time, in full.</summary>
    public TimeSpan Touching(string identity, Span time) => Of(identity)
        .Where(pause => pause.To > time.From && pause.From < time.To)
        .Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause.Length);
}
