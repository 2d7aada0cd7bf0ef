namespace LeaseElection.Hosting;

/// <summary>
/// Takes leases for a while, each for whoever asks for it by name: what locks are made of. <c>AddLeaseBroker("Section")</c> registers it
/// under the name of its section. An election is for the whole life of a process; this is for an hour, or ten milliseconds.
/// </summary>
/// <remarks>
/// Everything an election promises holds here: one holder at a time in all processes together, renewed while it is held, told before
/// another may have it, and with a fencing token that grows. Elections and brokers of any client on the same lease exclude each other.
/// <para>
/// Callers of one process queue for a lease in the order in which they came; between processes there is no order. It is not reentrant: who
/// holds a lease and asks for it again waits for himself. A lease that is free costs a read and a write to take and a write to give up;
/// only who has to wait opens a watch.
/// </para>
/// <para>
/// Disposing of the service provider ends all waiting (<see cref="ObjectDisposedException"/>) and fires <see cref="LeadershipTerm.Lost"/>
/// of what is still held. What is disposed of within two seconds is given up in good order; the rest is not renewed any more, and runs out.
/// The stop of a host changes nothing: a lease is held for as long as whoever took it needs it to stop in good order.
/// </para>
/// </remarks>
public interface ILeaseBroker
{
    /// <summary>Takes a lease, or waits for it.</summary>
    /// <param name="leaseName">
    /// The name of the lease. A Kubernetes object name: lower-case letters, digits, <c>-</c> and <c>.</c>, at
    /// most 253 characters (RFC 1123).
    /// </param>
    /// <param name="timeout">
    /// How long to wait: up to <see cref="int.MaxValue"/> milliseconds, or <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.
    /// However short it is, one attempt is made and its outcome awaited: a read, and a write if the lease is free. Zero is exactly that
    /// attempt, and none where this process holds the lease already; what is seen of a holder is remembered, so that who only ever tries
    /// with zero obtains the lease of a dead one by the first attempt after its time. By the process: one that lives and waits for less
    /// than a <see cref="LeaderElectionOptions.LeaseDuration"/> never obtains a lease that a dead holder has left.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting; nothing is left held then.</param>
    /// <returns>
    /// The lease, held until it is disposed of; <see langword="null"/>: somebody else had it all the time.
    /// </returns>
    /// <exception cref="ArgumentException">The name is none, or the time is negative or too long.</exception>
    /// <exception cref="LeaseStoreException">
    /// Nobody knows whose the lease is, because the last requests failed, be it those of the caller ahead in the queue. Said before the
    /// time is up if something that does not get better by waiting, such as a right that is missing, has been so for
    /// <see cref="LeaderElectionOptions.RenewDeadline"/>: a server that has just started refuses everybody for a moment.
    /// Or the lease was taken and lost again before it could be handed over, because the thread pool of this process had no thread in time.
    /// The message says what to do.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> fired.</exception>
    /// <exception cref="ObjectDisposedException">The service provider has been disposed of.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The settings are wrong. A host does not start with them, so this is for programs without one.
    /// </exception>
    ValueTask<HeldLease?> TryAcquireAsync(string leaseName, TimeSpan timeout, CancellationToken cancellationToken = default);
}
