namespace LeaseElection.Hosting;

/// <summary>
/// Who works on which partition. There is one where work was added by <c>AddPartitionedWork</c>: a singleton; that of a named election is
/// resolved by key: <c>[FromKeyedServices("name")] IElectionPartitions partitions</c>.
/// </summary>
public interface IElectionPartitions
{
    /// <summary>
    /// How many there are: what was given to <c>AddPartitionedWork</c>, or <c>LeaderElection:Partitions:Count</c>. Less while another
    /// replica is told of less, during an update. 0 until the host starts.
    /// </summary>
    int Count { get; }

    /// <summary>All of them by their index, as this process sees them: a snapshot.</summary>
    IReadOnlyList<PartitionStatus> Partitions { get; }

    /// <summary>
    /// The present status and then every change of it. A reader that is slow misses changes in between, never the last one.
    /// </summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>A stream that ends when the host has stopped.</returns>
    IAsyncEnumerable<IReadOnlyList<PartitionStatus>> WatchAsync(CancellationToken cancellationToken = default);
}
