using System.Globalization;
using LeaseElection.Hosting.Partitions;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>How the partitions of an election are doing, as a part of its health check.</summary>
internal sealed record PartitionHealth
{
    /// <summary>Why the process should be restarted; <see langword="null"/> if it should not.</summary>
    public string? Unhealthy { get; private init; }

    /// <summary>What somebody should look at; <see langword="null"/> for nothing.</summary>
    public string? Degraded { get; private init; }

    public required string Summary { get; init; }

    public required PartitionsSnapshot Snapshot { get; init; }

    /// <param name="partitions">Who owns what.</param>
    /// <param name="run">That of the whole election.</param>
    /// <param name="now">On the monotonic clock.</param>
    public static PartitionHealth Of(ElectionPartitions partitions, ElectionRun run, TimeSpan now)
    {
        PartitionsSnapshot snapshot = partitions.Snapshot;
        return new PartitionHealth
        {
            Snapshot = snapshot,
            Summary = string.Create(
                CultureInfo.InvariantCulture, $"Works on {snapshot.Held} of {snapshot.Partitions.Length} partitions."),
            Unhealthy = WhyUnhealthy(partitions, snapshot, run, now),
            Degraded = WhyDegraded(snapshot, run, now),
        };
    }

    public void AddTo(Dictionary<string, object> data)
    {
        data["partitions"] = Snapshot.Partitions.Length;
        data["partitionsHeld"] = Snapshot.Held;
        data["partitionsUnowned"] = Snapshot.Unowned;
    }

    private static string? WhyUnhealthy(ElectionPartitions partitions, PartitionsSnapshot snapshot, ElectionRun run, TimeSpan now)
    {
        if (partitions.HasFailed || Which(snapshot, election => election.HasFailed) is not null)
            return "The distribution of partitions, or the election for one, ended by a bug: restart this process.";
        if (Which(snapshot, election => election.Snapshot.HasOverrun) is { } overrun)
            return $"Work of partitions {overrun} still runs although they were lost and another process may work on them.";
        return Which(snapshot, election => LeaderElectionHealthCheck.Hangs(election, run, now)) is { } hanging
            ? $"The elections of partitions {hanging} hang, or this process gets no CPU time: restart this process."
            : null;
    }

    private static string? WhyDegraded(PartitionsSnapshot snapshot, ElectionRun run, TimeSpan now)
    {
        if (Which(snapshot, election => election.Snapshot is { Holds: true, LastError: not null }) is { } failing)
            return $"Renewing the leases of partitions {failing} fails at present. {LastError(snapshot)}";
        if (snapshot.BlindSince is { } since && now >= since + run.Settings.LeaseDuration)
        {
            return "Who owns partitions has not been known for longer than a lease lasts: none is taken over here before their leases can "
                + "be listed again (803).";
        }

        int[] unowned = [.. snapshot.UnownedFor(run.Settings.LeaseDuration, now)];
        return unowned.Length == 0 ? null
            : $"Nobody has owned partitions {PartitionText.Of(unowned)} for longer than a lease lasts: see the log of the replicas for why "
                + "nobody takes them over (821, 823). " + LastError(snapshot);
    }

    private static string? LastError(PartitionsSnapshot snapshot) =>
        snapshot.Elections.Select(election => election?.Snapshot.LastError?.Message).FirstOrDefault(error => error is not null);

    private static string? Which(PartitionsSnapshot snapshot, Func<LeaderElection, bool> is_)
    {
        int[] found = [.. Enumerable.Range(0, snapshot.Elections.Length).Where(index => snapshot.Elections[index] is { } one && is_(one))];
        return found.Length == 0 ? null : PartitionText.Of(found);
    }
}
