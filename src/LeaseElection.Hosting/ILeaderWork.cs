namespace LeaseElection.Hosting;

/// <summary>Work that runs on the leader only. One instance, in a dependency-injection scope of its own, for each term.</summary>
public interface ILeaderWork
{
    /// <summary>Runs while this process leads.</summary>
    /// <param name="term">
    /// The term it runs in. Call <see cref="LeadershipTerm.ThrowIfLost"/> before an act that cannot be undone, and hand
    /// <see cref="LeadershipTerm.FencingToken"/> to resources that check it.
    /// </param>
    /// <param name="stoppingToken">
    /// Fires when the term ends or the host stops. Return soon: the lease is released only when all work has returned, and after a lost
    /// term another process starts its own after <see cref="LeaderElectionOptions.StopTimeout"/>.
    /// </param>
    /// <returns>
    /// A task that ends when the work is done or <paramref name="stoppingToken"/> has fired. What happens when it ends earlier, or
    /// throws, is <see cref="LeaderElectionOptions.WhenWorkEnds"/>.
    /// </returns>
    Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken);
}
