namespace LeaseElection.Hosting.Election;

/// <summary>The turn the core is in: the clocks as they were read once for it, and what it has put out so far.</summary>
internal sealed class ElectionTurn
{
    private List<ElectionOutput> _outputs = [];

    public ElectionTime Now { get; private set; }

    public TimeSpan Instant => Now.Monotonic;

    public void Begin(ElectionTime now)
    {
        Now = now;
        _outputs = [];
    }

    public IReadOnlyList<ElectionOutput> End() => _outputs;

    public void Out(ElectionOutput output) => _outputs.Add(output);

    /// <summary>Asks to be woken when the next of these falls due. What has fallen due already waits for another input.</summary>
    public void WakeAtNext(IEnumerable<TimeSpan> due)
    {
        TimeSpan next = due.Where(at => at > Instant).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        if (next != TimeSpan.MaxValue)
            Out(new ElectionOutput.WakeAt(next));
    }

    public void Report(ElectionEvent told) => _outputs.Add(new ElectionOutput.Report(told));
}
