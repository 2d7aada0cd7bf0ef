namespace LeaseElection.Hosting;

/// <summary>
/// The settings of partitioned work (<see cref="LeaderElectionBuilder.AddPartitionedWork{TWork}(int)"/>). The leases of partitions have the
/// timings of the election: <see cref="LeaderElectionOptions.LeaseDuration"/> and so on.
/// </summary>
public sealed class PartitionOptions
{
    /// <summary>
    /// How many partitions the work is cut into: the same for all replicas. While replicas differ, during an update, all of
    /// them share out the smaller number. With another number a key is in another partition: while they change over, two
    /// replicas may for a moment work on it.
    /// </summary>
    /// <value>
    /// Default: what was given to <c>AddPartitionedWork</c>. 1 to 1,000; two to ten times the greatest number of replicas is a good choice.
    /// Where both are given they must agree.
    /// </value>
    public int? Count { get; set; }

    /// <summary>
    /// How long another replica must have been the better owner of a partition, without a break, before its present owner gives it up. It
    /// keeps partitions where they are while replicas come and go. It does not delay the take-over of what nobody owns. Before anything is
    /// given up for a replica that has just come, it must have renewed once: as a member (<see cref="MemberOptions.RenewInterval"/>), or a
    /// partition that it has.
    /// </summary>
    /// <value>Default 10 seconds. Zero to 1 hour.</value>
    public TimeSpan MoveAfter { get; set; } = TimeSpan.FromSeconds(10);
}
