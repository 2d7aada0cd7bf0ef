using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Partitions;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// The instruments of all elections of a host, told apart by the tags of their leases. Names, units and tags are part of what users rely
/// on: dashboards and alerts are written by them. docs/observability.md repeats this list, and a test compares.
/// </summary>
internal sealed class ElectionInstruments
{
    /// <summary>The buckets that OpenTelemetry would choose are meant for milliseconds. No request takes longer than 2.5 s.</summary>
    private static readonly InstrumentAdvice<double> Requests =
        new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] };

    /// <summary>From a flapping leader to one that leads for a week.</summary>
    private static readonly InstrumentAdvice<double> Terms =
        new() { HistogramBucketBoundaries = [1, 5, 15, 60, 300, 1800, 3600, 21600, 86400, 604800] };

    private ImmutableArray<LeaderElection> _elections = [];
    private ImmutableArray<(ElectionRun Run, ElectionPartitions Partitions)> _partitioned = [];

    /// <param name="meters">That of the host; a bare collection of services, whose registrations a test checks, has none.</param>
    public ElectionInstruments(IMeterFactory? meters = null)
    {
        var options = new MeterOptions(LeaderElectionTelemetry.MeterName) { Version = LibraryVersion.Current };
        // Not disposed here: it is the factory's, which gives the same one to everybody who asks.
        Meter meter = meters?.Create(options) ?? new Meter(options);
        meter.CreateObservableUpDownCounter(
            "leader_election.leader", Leaders, "{leader}", "1 where the lease is held, 0 elsewhere: the sum over all replicas is 1");
        meter.CreateObservableGauge(
            "leader_election.lease.renewal.age", RenewalAges, "s", "Time since the last successful renewal was sent; only while leading");
        Transitions = meter.CreateCounter<long>(
            "leader_election.transitions", "{transition}", "Terms that began and terms that ended, each once");
        TermDuration = meter.CreateHistogram(
            "leader_election.term.duration", "s", "How long terms were held that have ended", tags: null, Terms);
        TermDangers = meter.CreateCounter<long>(
            "leader_election.term.dangers", "{danger}", "Times that renewals failed until half of the time of a term was gone");
        RequestDuration = meter.CreateHistogram(
            "leader_election.lease.request.duration", "s", "How long requests to the lease took, watches excepted", tags: null, Requests);
        WorkFaults = meter.CreateCounter<long>("leader_election.work.faults", "{fault}", "Exceptions that work ended with");
        WorkOverruns = meter.CreateCounter<long>(
            "leader_election.work.overruns", "{overrun}", "Times that work still ran when another process could lead");
        Notes = meter.CreateCounter<long>("leader_election.notes", "{note}", "Notes of terms that were confirmed");
        meter.CreateObservableUpDownCounter(
            "leader_election.partitions.held", PartitionsHeld, "{partition}",
            "Partitions whose work runs here: the sum over all replicas is their number");
        meter.CreateObservableGauge(
            "leader_election.partitions.unowned", PartitionsUnowned, "{partition}", "Partitions that nobody owns, as this replica sees it");
        PartitionMoves = meter.CreateCounter<long>(
            "leader_election.partitions.moves", "{move}", "Terms of partitions that began here and terms that ended here, each once");
    }

    public Counter<long> Transitions { get; }

    public Histogram<double> TermDuration { get; }

    public Counter<long> TermDangers { get; }

    public Histogram<double> RequestDuration { get; }

    public Counter<long> WorkFaults { get; }

    public Counter<long> WorkOverruns { get; }

    public Counter<long> PartitionMoves { get; }

    public Counter<long> Notes { get; }

    public ErrorTypes ErrorTypes { get; } = new();

    /// <summary>Lets an election be asked from now on who leads. By the clock: a flag would be wrong where the loop is stuck.</summary>
    public void Observe(LeaderElection election) => ImmutableInterlocked.Update(ref _elections, (all, one) => all.Add(one), election);

    /// <summary>Lets the partitions of an election be asked from now on who owns them.</summary>
    public void Observe(ElectionRun run, ElectionPartitions partitions) =>
        ImmutableInterlocked.Update(ref _partitioned, (all, one) => all.Add(one), (run, partitions));

    private IEnumerable<Measurement<int>> PartitionsHeld() =>
        _partitioned.Select(one => new Measurement<int>(one.Partitions.Snapshot.Held, TagsOf(one.Run.Card)));

    private IEnumerable<Measurement<int>> PartitionsUnowned() =>
        _partitioned.Select(one => new Measurement<int>(one.Partitions.Snapshot.Unowned, TagsOf(one.Run.Card)));

    private IEnumerable<Measurement<int>> Leaders()
    {
        foreach (LeaderElection election in _elections)
        {
            if (election.Run is { } run)
                yield return new(election.IsLeader ? 1 : 0, TagsOf(run.Card));
        }
    }

    private IEnumerable<Measurement<double>> RenewalAges()
    {
        foreach (LeaderElection election in _elections)
        {
            if (election is not { Run: { } run, Term: { IsHeld: true } term })
                continue;
            TimeSpan sent = term.Validity.Deadline - run.Settings.RenewDeadline;
            yield return new((run.Clock.Now.Monotonic - sent).TotalSeconds, TagsOf(run.Card));
        }
    }

    private static KeyValuePair<string, object?>[] TagsOf(ElectionIdentityCard card) =>
    [
        new(TelemetryTags.LeaseName, card.LeaseName),
        new(TelemetryTags.LeaseNamespace, card.LeaseNamespace),
    ];
}
