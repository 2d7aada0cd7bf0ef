namespace LeaseElection.Hosting;

/// <summary>
/// Work that all replicas share: it is cut into partitions, and each partition is worked on by one replica at a time. One instance, in a
/// dependency-injection scope of its own, for each term of a partition: a replica that owns three partitions runs three at once.
/// </summary>
public interface IPartitionedWork
{
    /// <summary>Runs while this process owns a partition.</summary>
    /// <param name="partition">The partition. Work on what it <see cref="Partition.Contains"/>, and on nothing else.</param>
    /// <param name="term">
    /// The term of the partition, with a lease of its own. Call <see cref="LeadershipTerm.ThrowIfLost"/> before an act that cannot be
    /// undone, and hand <see cref="LeadershipTerm.FencingToken"/> to resources that check it: it grows with each owner of this partition,
    /// and says nothing about another one.
    /// </param>
    /// <param name="stoppingToken">
    /// Fires when the partition is lost, when another replica is to have it because it came or went, or when the host stops. Return soon:
    /// the partition moves when the work has returned, and until then nobody else works on it.
    /// </param>
    /// <returns>
    /// A task that ends when the work is done or <paramref name="stoppingToken"/> has fired. What happens when it ends earlier, or
    /// throws, is <see cref="LeaderElectionOptions.WhenWorkEnds"/>, for this partition alone.
    /// </returns>
    Task ExecuteAsync(Partition partition, LeadershipTerm term, CancellationToken stoppingToken);
}
