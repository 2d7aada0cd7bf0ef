namespace LeaseElection.Hosting;

/// <summary>Work that is delegates.</summary>
internal sealed class DelegateWork(
    IServiceProvider services,
    Func<IServiceProvider, LeadershipTerm, CancellationToken, Task> execute,
    Func<IServiceProvider, CancellationToken, Task>? prepare = null) : ILeaderWork
{
    public Task PrepareAsync(CancellationToken cancellationToken) => prepare?.Invoke(services, cancellationToken) ?? Task.CompletedTask;

    public Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken) => execute(services, term, stoppingToken);
}
