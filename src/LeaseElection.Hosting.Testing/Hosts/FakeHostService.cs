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
    private bool _started;

    /// <summary>Before any election asks how its API server is reached.</summary>
    /// <exception cref="InvalidOperationException">There is an election that would go to a real one, or by another clock.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Start();
        return Task.CompletedTask;
    }

    /// <summary>In hosts that only start and stop services (<c>WebHost</c>): elections begin after it there, too.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Start();
        return Task.CompletedTask;
    }

    /// <summary>After the elections, which have begun to stand by now.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        host.Begin();
        return Task.WhenAll(host.Elections.Select(election => election.StandsAsync()));
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        LetTimePass();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => LetTimePass();

    private void Start()
    {
        if (_started)
            return;
        _started = true;
        foreach (string name in registered.ElectionNames().Except(host.Elections.Select(election => election.Name)))
        {
            throw new InvalidOperationException(
                $"The election '{name}' of this host is not fake, although another is: in a test it would look for a real API server, by a "
                + $"clock that stands still. Add services.AddFakeLeaderElection({(name.Length == 0 ? "" : $"\"{name}\"")}).");
        }

        if (services.GetKeyedService<TimeProvider>(LeaderElectionOptions.TimeProviderKey) != host.Clock)
        {
            throw new InvalidOperationException(
                "Another clock than that of AddFakeLeaderElection was registered for the elections of this host "
                + $"({nameof(LeaderElectionOptions)}.{nameof(LeaderElectionOptions.TimeProviderKey)}): a test that moves one would not "
                + "move the other. Remove that registration, and hand your FakeTimeProvider over: "
                + $"AddFakeLeaderElection(new {nameof(InMemoryLeases)}(time)).");
        }

        host.Start(services);
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStarted.Register(host.Begin);
        lifetime.ApplicationStopping.Register(LetTimePass);
    }

    private void LetTimePass()
    {
        if (_passing.IsCompleted)
            _passing = Task.Run(host.LetTimePassAsync);
    }
}
