namespace LeaseElection.Hosting;

/// <summary>Work that runs on the leader only. One instance, in a dependency-injection scope of its own, for each term.</summary>
public interface ILeaderWork
{
    /// <summary>
    /// Makes ready what <see cref="ExecuteAsync"/> needs, while this process stands by: fills caches, opens connections. So a take-over
    /// does not wait for it. It runs on every replica, beside the leader's work: it must change nothing that others see.
    /// </summary>
    /// <remarks>
    /// <para>It begins when the process begins to stand by, and again, with a new instance, after each term. The instance that it has
    /// prepared, and the scope of that, are kept until the next term, which may be for days: let what ages,
    /// such as a cache, be refreshed by
    /// <see cref="ExecuteAsync"/>. Work that has no such method of its own is made when a term begins.</para>
    /// <para>It never keeps the process from leading. When a term begins while it runs, it is awaited, the lease being renewed meanwhile,
    /// and then <see cref="ExecuteAsync"/> follows; if the term ends first, <paramref name="cancellationToken"/> fires and there is no <see
    /// cref="ExecuteAsync"/>. So no <see cref="ExecuteAsync"/> begins whose instance is not prepared.</para>
    /// <para>What it throws is logged, and tried again with a new instance after 1 s, 2 s, 4 s and so on, down to once a minute; and once
    /// when a term begins. If it fails then that is the work's failure: what follows is <see
    /// cref="LeaderElectionOptions.WhenWorkEnds"/>.</para>
    /// </remarks>
    /// <param name="cancellationToken">Fires when the host stops, or the term that waits for this ends. Return soon then.</param>
    /// <returns>A task that ends when all is ready. The default does nothing.</returns>
    Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

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
