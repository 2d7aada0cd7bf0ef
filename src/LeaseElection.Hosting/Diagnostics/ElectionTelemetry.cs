using LeaseElection.Hosting.Election;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>Hands what happens in one election to its metrics and activities. Neither throws, whatever listeners do.</summary>
internal sealed class ElectionTelemetry(ElectionMetrics metrics, ElectionActivities activities)
{
    public ElectionMetrics Metrics => metrics;

    public static ElectionTelemetry For(LeaderElection election, ElectionRun run, ElectionInstruments instruments) =>
        new(new ElectionMetrics(instruments, election, run), new ElectionActivities(ElectionActivities.Source, run));

    /// <summary>Of one partition: counted under the lease of the election that it is of, and its spans under its own.</summary>
    public static ElectionTelemetry ForPartition(
        LeaderElection partition, ElectionRun run, ElectionRun whole, ElectionInstruments instruments) =>
        new(new ElectionMetrics(instruments, partition, run, whole), new ElectionActivities(ElectionActivities.Source, run));

    /// <summary>Heard by nobody, for a rehearsal: who leads it would count as a leader.</summary>
    public static ElectionTelemetry Silent(LeaderElection election, ElectionRun run) =>
        new(new ElectionMetrics(null, election, run), new ElectionActivities(null, run));

    public void Observe(ElectionEvent told)
    {
        metrics.Observe(told);
        activities.Observe(told);
    }

    /// <summary>After each turn, when all that it had to tell is told.</summary>
    public void Settle(LeaderElectionState state, ElectionTime now)
    {
        metrics.Settle(state);
        activities.Settle(state, now);
    }

    public void Stopped() => metrics.Stopped();
}
