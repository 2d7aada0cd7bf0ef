using k8s;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.KubernetesClient;

/// <summary>
/// One connection for all elections that take the same configuration, or that of the same factory: what is asked for each of them would be
/// another one to the library, with sockets and a watch of its own.
/// </summary>
internal sealed class ConfiguredConnections
{
    private readonly Dictionary<object, Func<IServiceProvider, CancellationToken, ValueTask<KubernetesApiConnection?>>> _all = [];

    /// <summary>Those of an app.</summary>
    public static ConfiguredConnections Of(IServiceCollection services)
    {
        if (services.FirstOrDefault(service => service.ServiceType == typeof(ConfiguredConnections)) is { } known)
            return (ConfiguredConnections)known.ImplementationInstance!;
        var made = new ConfiguredConnections();
        services.AddSingleton(made);
        return made;
    }

    /// <param name="source">The configuration, or the factory, as the user gave it: equal ones are one connection.</param>
    /// <param name="find">Finds the configuration.</param>
    public Func<IServiceProvider, CancellationToken, ValueTask<KubernetesApiConnection?>> By(
        object source, Func<IServiceProvider, KubernetesClientConfiguration?> find)
    {
        if (!_all.TryGetValue(source, out Func<IServiceProvider, CancellationToken, ValueTask<KubernetesApiConnection?>>? connect))
            _all[source] = connect = ConfiguredConnection.By(find);
        return connect;
    }
}
