using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting;

/// <summary>One instance of some work that is prepared, in the scope that it was made in and that ends with it.</summary>
internal sealed class ScopedWork : IAsyncDisposable
{
    private readonly ILeaderWork _work;
    private readonly AsyncServiceScope _scope;

    private ScopedWork(ILeaderWork work, AsyncServiceScope scope) => (_work, _scope) = (work, scope);

    /// <summary>Makes an instance and prepares it. Of one that cannot be prepared nothing is left.</summary>
    public static async Task<ScopedWork> PrepareAsync(
        WorkRegistration registration, IServiceScopeFactory scopes, CancellationToken cancellationToken)
    {
        AsyncServiceScope scope = scopes.CreateAsyncScope();
        try
        {
            ILeaderWork work = registration.Make(scope.ServiceProvider);
            await work.PrepareAsync(cancellationToken).ConfigureAwait(false);
            return new ScopedWork(work, scope);
        }
        catch
        {
            await scope.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public Task ExecuteAsync(LeadershipTerm term, CancellationToken lost) => _work.ExecuteAsync(term, lost);

    public ValueTask DisposeAsync() => _scope.DisposeAsync();
}
