namespace LeaseElection.Hosting;

/// <summary>
/// Who leads, and control over whether this process does. A singleton; a named election is resolved by key:
/// <c>[FromKeyedServices("name")] ILeaderElection election</c>.
/// </summary>
public interface ILeaderElection
{
    /// <summary>The name given to <c>AddLeaderElection</c>; empty for the unnamed one.</summary>
    string Name { get; }

    /// <summary>What this process is called as holder of the lease; empty until the host starts.</summary>
    string Identity { get; }

    /// <summary>The name of the lease; empty until the host starts.</summary>
    string LeaseName { get; }

    /// <summary>The namespace of the lease; empty until the host starts.</summary>
    string LeaseNamespace { get; }

    /// <summary>
    /// Whether this process leads at this instant: <c>Term is { IsHeld: true }</c>, computed from the clock on every read.
    /// </summary>
    bool IsLeader { get; }

    /// <summary>The present term of this process, or <see langword="null"/>. It may have been lost already while its work drains.</summary>
    LeadershipTerm? Term { get; }

    /// <summary>A snapshot of what this process knows.</summary>
    LeaderElectionStatus Status { get; }

    /// <summary>
    /// The present status and then every change of it. A reader that is slow misses changes in between, never the last one. What changes
    /// nothing but <see cref="LeaderElectionStatus.RenewedAt"/>, <see cref="LeaderElectionStatus.RenewalSeenAt"/> and
    /// <see cref="LeaderElectionStatus.ReadAt"/> is not told.
    /// </summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>A stream that ends when the election has stopped.</returns>
    IAsyncEnumerable<LeaderElectionStatus> WatchAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits until this process leads.</summary>
    /// <remarks>
    /// Never await it in the <c>StartAsync</c> of a hosted service: elections stand when every service has started, so the host would
    /// wait for itself. <c>BackgroundService.ExecuteAsync</c> is fine.
    /// </remarks>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The term, held when it was looked at.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    /// <exception cref="InvalidOperationException">The election has stopped, so this process will not lead any more.</exception>
    Task<LeadershipTerm> WaitForLeadershipAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives leadership up: work is stopped and awaited, the lease is released, and another process may lead first: this one stands again
    /// when another was seen to lead, or after three retry periods. Does nothing when this process does not lead.
    /// </summary>
    /// <remarks>
    /// From within the work of this election, pass its <c>stoppingToken</c>: the task ends when the work has ended, so work can wait
    /// only until it is told to stop. Or return from the work, with <see cref="WorkEndPolicy.StepDown"/>. The same goes for what work
    /// calls or begins; what it asks of others (a queue, an endpoint of another process) cannot be seen, and must not be waited for
    /// without the token. To stop the whole host from within work call <c>IHostApplicationLifetime.StopApplication()</c>, which waits for
    /// nobody, and never await <c>IHost.StopAsync()</c>.
    /// </remarks>
    /// <param name="cancellationToken">Gives up waiting; leadership is given up all the same.</param>
    /// <returns>A task that ends when the term is over and the lease released, or left to expire.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    /// <exception cref="InvalidOperationException">
    /// Called by the work of this election, or by what it has called or begun, without a token: it would wait for itself. Leadership
    /// is not given up.
    /// </exception>
    Task StepDownAsync(CancellationToken cancellationToken = default);
}
