using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// What is measured of leases that are held for a while. The names of the leases are no tags: there may be a million of them.
/// docs/observability.md repeats this list, and a test compares.
/// </summary>
internal sealed class LeaseBrokerInstruments
{
    /// <summary>From a lease that is free to one that somebody holds for an hour.</summary>
    private static readonly InstrumentAdvice<double> Times =
        new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600] };

    private readonly UpDownCounter<long> _held;
    private readonly Histogram<double> _acquisitions;
    private readonly Histogram<double> _holds;
    private readonly Counter<long> _losses;

    /// <param name="meters">That of the host, if there is one.</param>
    public LeaseBrokerInstruments(IMeterFactory? meters = null)
    {
        var options = new MeterOptions(LeaderElectionTelemetry.MeterName) { Version = LibraryVersion.Current };
        Meter meter = meters?.Create(options) ?? new Meter(options);
        _held = meter.CreateUpDownCounter<long>("lease_broker.held", "{lease}", "Leases that this process holds for a while");
        _acquisitions = meter.CreateHistogram(
            "lease_broker.acquisition.duration", "s", "How long callers waited for a lease, whatever came of it", tags: null, Times);
        _holds = meter.CreateHistogram(
            "lease_broker.hold.duration", "s", "How long leases were held, until given up or lost", tags: null, Times);
        _losses = meter.CreateCounter<long>("lease_broker.losses", "{loss}", "Leases that were lost while they were held");
    }

    public void Began(string broker) => _held.Change(1, Of(broker));

    /// <summary>A caller has his answer.</summary>
    public void Tried(string broker, string outcome, TimeSpan took)
    {
        if (_acquisitions.Enabled)
            _acquisitions.Measure(took, [.. Of(broker), new(TelemetryTags.Outcome, outcome)]);
    }

    public void Lost(string broker, string reason)
    {
        if (_losses.Enabled)
            _losses.Count([.. Of(broker), new(TelemetryTags.Reason, reason)]);
    }

    public void Ended(string broker, TimeSpan held)
    {
        _held.Change(-1, Of(broker));
        if (_holds.Enabled)
            _holds.Measure(held, Of(broker));
    }

    private static TagList Of(string broker) => [new(TelemetryTags.BrokerName, broker)];
}
