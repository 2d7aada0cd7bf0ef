namespace LeaseElection.Hosting;

/// <summary>
/// Who is here: the replicas of an election that added <see cref="LeaderElectionBuilder.AddMembers"/>, leading or not. A singleton; that of
/// a named election is resolved by key: <c>[FromKeyedServices("name")] IElectionMembers members</c>.
/// </summary>
/// <remarks>
/// A member is here for as long as its signs of life arrive, by the clock of this process. Of one that died that is known a while later
/// (<see cref="MemberOptions.LeaseDuration"/>), of one that stops at once. It says nothing of who may do what: only a
/// <see cref="LeadershipTerm"/> does.
/// </remarks>
public interface IElectionMembers
{
    /// <summary>
    /// Those who are here at this instant, oldest first: computed on every read. Empty until the host starts; from then on this process is
    /// always among them.
    /// </summary>
    IReadOnlyList<ElectionMember> Members { get; }

    /// <summary>
    /// Whether <see cref="Members"/> can be relied on: all have been listed, and news arrives. <see langword="false"/> in the first
    /// moments, while the API server does not answer, and without the right to list leases.
    /// </summary>
    bool IsComplete { get; }

    /// <summary>
    /// The present members and then every change of them; the same ones once more when <see cref="IsComplete"/> has become
    /// <see langword="true"/>. A reader that is slow misses changes in between, never the last one.
    /// </summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>A stream that ends when the election has stopped.</returns>
    IAsyncEnumerable<IReadOnlyList<ElectionMember>> WatchAsync(CancellationToken cancellationToken = default);
}
