using System.Diagnostics;
using System.Diagnostics.Metrics;
using LeaseElection.Hosting.Diagnostics;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>What is measured of schedules. docs/observability.md repeats this list, and a test compares.</summary>
internal sealed class ScheduleInstruments
{
    public const string Succeeded = "succeeded";
    public const string Faulted = "faulted";
    public const string Interrupted = "interrupted";
    public const string NameTag = "leader_election.schedule.name";
    public const string OutcomeTag = "leader_election.schedule.outcome";

    private const string LeaseNameTag = "leader_election.lease.name";
    private const string LeaseNamespaceTag = "leader_election.lease.namespace";

    /// <summary>From a timer's precision to a night in which nobody led.</summary>
    private static readonly InstrumentAdvice<double> Lateness =
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600, 43200] };

    private readonly Histogram<double> _lateness;
    private readonly Counter<long> _runs;
    private readonly Counter<long> _missed;

    public ScheduleInstruments(IMeterFactory? meters = null)
    {
        var options = new MeterOptions(LeaderElectionTelemetry.MeterName)
        {
            Version = typeof(ScheduleInstruments).Assembly.GetName().Version?.ToString(3),
        };
        Meter meter = meters?.Create(options) ?? new Meter(options);
        _lateness = meter.CreateHistogram(
            "leader_election.schedule.lateness", "s", "How long after its due time a run began", tags: null, Lateness);
        _runs = meter.CreateCounter<long>("leader_election.schedule.runs", "{run}", "Runs of scheduled work that have ended");
        _missed = meter.CreateCounter<long>(
            "leader_election.schedule.missed", "{run}", "Due times that had no run of their own: left out, or made up for by a later run");
    }

    public void Ran(ScheduleRegistration schedule, LeadershipTerm term, TimeSpan late, string outcome)
    {
        if (_lateness.Enabled)
            _lateness.Measure(late, Of(schedule, term));
        if (_runs.Enabled)
            _runs.Count([.. Of(schedule, term), new(OutcomeTag, outcome)]);
    }

    public void Missed(ScheduleRegistration schedule, LeadershipTerm term, int count)
    {
        if (_missed.Enabled)
            _missed.Count(Of(schedule, term), count);
    }

    private static TagList Of(ScheduleRegistration schedule, LeadershipTerm term) =>
        [new(NameTag, schedule.Name), new(LeaseNameTag, term.LeaseName), new(LeaseNamespaceTag, term.LeaseNamespace)];
}
