using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Testing.Hosts;

/// <summary>Ties the fake elections to the life of their host.</summary>
/// <param name="host">What they have in common.</param>
/// <param name="registered">All that is registered, to find elections that are not fake.</param>
/// <param name="services">The services of the host.</param>
internal sealed class FakeHostService(FakeHost host, IServiceCollection registered, IServiceProvider services)
    : IHostedLifecycleService, IDisposable
{
    private Task _passing = Task.CompletedTask;

    /// <summary>Before any election asks how its API server is reached.</summary>
    /// <exception cref="InvalidOperationException">There is an election that would go to a real one.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (string name in registered.ElectionNames().Except(host.Elections.Select(election => election.Name)))
        {
            throw new InvalidOperationException(
                $"The election '{name}' of this host is not fake, although another is: in a test it would look for a real API server, by a "
                + $"clock that stands still. Add services.AddFakeLeaderElection({(name.Length == 0 ? "" : $"\"{name}\"")}).");
        }

        host.Start(services);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After the elections, which have begun to stand by now.</summary>
    public Task StartedAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(host.Elections.Select(election => election.StandsAsync()));

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        LetTimePass();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => LetTimePass();

    private void LetTimePass()
    {
        if (_passing.IsCompleted)
            _passing = Task.Run(host.LetTimePassAsync);
    }
}
