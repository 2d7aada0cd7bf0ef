namespace LeaseElection.Hosting.Scheduling;

/// <summary>Work that runs on the leader when it is due. One instance, in a dependency-injection scope of its own, for each run.</summary>
public interface IScheduledWork
{
    /// <summary>Runs once.</summary>
    /// <param name="run">What it is run for, and the term it runs in.</param>
    /// <param name="stoppingToken">
    /// Fires when the term ends or the host stops. End soon: the lease is released only when all work has returned. What is not done
    /// by then throws, as by <see cref="CancellationToken.ThrowIfCancellationRequested"/>: a run that returns is taken for done, and
    /// with <see cref="Delivery.AtLeastOnce"/> not repeated.
    /// </param>
    /// <returns>
    /// A task that ends when the run is over. What it throws is logged, and ends neither the schedule nor the term; with
    /// <see cref="Delivery.AtLeastOnce"/> the run is repeated after a pause that grows from 1 second to 1 minute.
    /// </returns>
    Task ExecuteAsync(ScheduledRun run, CancellationToken stoppingToken);
}
