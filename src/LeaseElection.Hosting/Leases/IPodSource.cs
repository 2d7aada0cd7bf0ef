namespace LeaseElection.Hosting.Leases;

/// <summary>Where the Pods of holders are looked at. It retries nothing and decides nothing.</summary>
internal interface IPodSource : IAsyncDisposable
{
    /// <summary>
    /// What a Pod tells: first as it is, read anew and never from a cache, then after each change. It ends when the server closes the watch
    /// in good order, or when there is no such Pod, which is told as <see langword="null"/>.
    /// </summary>
    /// <param name="pod">Its namespace and name: <c>shop/worker-0</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="LeaseWatchException">It could not be read or watched.</exception>
    IAsyncEnumerable<PodFacts?> FollowAsync(string pod, CancellationToken cancellationToken);
}
