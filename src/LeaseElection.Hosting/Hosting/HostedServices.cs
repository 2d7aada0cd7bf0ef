using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting;

/// <summary>The services that the host starts, in its order.</summary>
/// <param name="descriptors">What the app has registered.</param>
/// <param name="services">What was made of it.</param>
/// <param name="host">How it starts them.</param>
internal sealed class HostedServices(IServiceCollection descriptors, IServiceProvider services, HostSettings host)
{
    /// <summary>More names than that help nobody.</summary>
    private const int MostNames = 3;

    /// <summary>
    /// Empty before <see cref="Look"/>, and where one of them is no singleton, and so would be made once more for who asks.
    /// </summary>
    private volatile IReadOnlyList<IHostedService> _all = [];

    /// <summary>
    /// Called when the host has made them all. Not when somebody wants to know: the constructor of one may hang, and who asks for it then
    /// hangs too.
    /// </summary>
    public void Look()
    {
        if (_all.Count == 0 && descriptors.All(one => !IsHosted(one) || one.Lifetime == ServiceLifetime.Singleton))
            _all = [.. services.GetServices<IHostedService>()];
    }

    /// <summary>Whether the host starts one of this very type, however that was registered.</summary>
    public bool Starts(Type type) =>
        _all.Any(service => service.GetType() == type) || descriptors.Any(one => IsHosted(one) && ImplementationOf(one) == type);

    /// <summary>A registration by which others get an instance of this very type that they share.</summary>
    public ServiceDescriptor? SingletonOf(Type type) => descriptors.FirstOrDefault(one =>
        one.Lifetime == ServiceLifetime.Singleton && !IsHosted(one) && (one.ServiceType == type || ImplementationOf(one) == type));

    /// <summary>The cause, and what to do, for a host that does not get on with its start.</summary>
    public string WhatTheHostWaitsFor()
    {
        IHostedService[] suspects = [.. Suspects()];
        if (suspects is [LeaderElectionService])
        {
            return "the app has not said yet how the API server is reached (UseKubernetesConnection, UseKubernetesClient). Look at what it "
                + "calls there.";
        }

        if (suspects.Length == 0)
        {
            return "a constructor, StartingAsync or StartedAsync of a hosted service or a callback of ApplicationStarted has not returned, "
                + "or nobody has started this host, or it never tells that it has started (IHostApplicationLifetime.ApplicationStarted). "
                + "Look at what runs at start.";
        }

        string names = string.Join(" or ", suspects.Take(MostNames).Select(service => service.GetType().Name));
        return $"StartAsync of {names}{(suspects.Length > MostNames ? " or another" : "")} has not returned, as far as can be told. It "
            + "must return soon: what runs for as long as the app belongs into ExecuteAsync of a BackgroundService.";
    }

    /// <summary>
    /// Those that may be in their start. Of a background service it is known whether it has been started, and of an election; of another
    /// only by its place, if the host starts them one after the other. The framework's own are beyond suspicion.
    /// </summary>
    private IEnumerable<IHostedService> Suspects()
    {
        IReadOnlyList<IHostedService> all = _all;
        if (host.StartsConcurrently)
            return all.Where(service => StageOf(service) is StartStage.Starting or null && !IsOfTheFramework(service));

        // An election says that it is in its start, so those before it are not, nor those after it.
        if (all.FirstOrDefault(service => service is LeaderElectionService { Stage: StartStage.Starting }) is { } election)
            return [election];
        int started = all.Count - 1;
        while (started >= 0 && StageOf(all[started]) != StartStage.Started)
            started--;

        // The host has come as far as the next one that is known not to have been started, and no further.
        IHostedService[] rest = [.. all.Skip(started + 1).TakeWhile(service => StageOf(service) != StartStage.NotCalled)];
        int next = Array.FindIndex(rest, service => service is BackgroundService);
        return rest.Take(next < 0 ? rest.Length : next + 1).Where(service => !IsOfTheFramework(service));
    }

    private static bool IsHosted(ServiceDescriptor one) => one.ServiceType == typeof(IHostedService) && !one.IsKeyedService;

    /// <summary>As far as it can be told without making one: of a factory it is what the factory is declared to return.</summary>
    private static Type? ImplementationOf(ServiceDescriptor one) => one.IsKeyedService
        ? one.KeyedImplementationType ?? one.KeyedImplementationInstance?.GetType() ?? Returned(one.KeyedImplementationFactory)
        : one.ImplementationType ?? one.ImplementationInstance?.GetType() ?? Returned(one.ImplementationFactory);

    private static Type? Returned(Delegate? factory) => factory?.GetType().GenericTypeArguments[^1];

    private static bool IsOfTheFramework(IHostedService service) =>
        service.GetType().Namespace is { } name && (name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal));

    private static StartStage? StageOf(IHostedService service) => service switch
    {
        LeaderElectionService election => election.Stage,
        BackgroundService { ExecuteTask: not null } => StartStage.Started,
        _ => null, // Nobody knows.
    };
}
