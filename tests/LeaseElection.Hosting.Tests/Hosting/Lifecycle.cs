using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Tests;

/// <summary>A service of the app that says when its host does what.</summary>
internal sealed class Lifecycle : IHostedLifecycleService
{
    public Action? OnStart { get; init; }

    public Action? OnStarted { get; init; }

    public Action? OnStopping { get; init; }

    public Action? OnStop { get; init; }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Run(OnStart);

    public Task StartedAsync(CancellationToken cancellationToken) => Run(OnStarted);

    public Task StoppingAsync(CancellationToken cancellationToken) => Run(OnStopping);

    public Task StopAsync(CancellationToken cancellationToken) => Run(OnStop);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static Task Run(Action? action)
    {
        action?.Invoke();
        return Task.CompletedTask;
    }
}
