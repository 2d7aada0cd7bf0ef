namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>The turn the keeper is in: what it looks at, the time as it was read once for it, and what it has put out so far.</summary>
internal sealed class PartitionTurn
{
    private List<PartitionOutput> _outputs = [];
    private TimeSpan _wakeAt;

    public PartitionView View { get; private set; } = null!;

    public TimeSpan Instant { get; private set; }

    /// <summary>
    /// Up to when it is known who has renewed. Whoever is late is late by this time: in an outage everybody would be, by the other.
    /// </summary>
    public TimeSpan SeenUntil => View.AsOf is { } asOf && asOf < Instant ? asOf : Instant;

    public void Begin(PartitionView view, ElectionTime now)
    {
        View = view;
        Instant = now.Monotonic;
        _outputs = [];
        _wakeAt = TimeSpan.MaxValue;
    }

    public IReadOnlyList<PartitionOutput> End()
    {
        if (_wakeAt != TimeSpan.MaxValue)
            _outputs.Add(new PartitionOutput.WakeAt(_wakeAt));
        return _outputs;
    }

    public void Out(PartitionOutput output) => _outputs.Add(output);

    public void Report(PartitionEvent told) => _outputs.Add(new PartitionOutput.Report(told));

    /// <summary>Whether an instant has come. If not, it is worth another look.</summary>
    public bool IsDue(TimeSpan at)
    {
        if (at <= Instant)
            return true;
        _wakeAt = at < _wakeAt ? at : _wakeAt;
        return false;
    }
}
