using LeaseElection.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting;

/// <summary>Says more of one <see cref="ILeaseBroker"/>.</summary>
public sealed class LeaseBrokerBuilder
{
    internal LeaseBrokerBuilder(IServiceCollection services, string name)
    {
        Services = services;
        Name = name;
    }

    /// <summary>The services of the app.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The name of its section, by which it is resolved.</summary>
    public string Name { get; }

    /// <summary>
    /// Has the app say how the API server is reached, as <see cref="LeaderElectionBuilder.UseKubernetesConnection"/> does for an election:
    /// the way in for adapters to client libraries. The last call for a broker wins.
    /// </summary>
    /// <inheritdoc cref="LeaderElectionBuilder.UseKubernetesConnection"/>
    public LeaseBrokerBuilder UseKubernetesConnection(
        string origin, Func<IServiceProvider, CancellationToken, ValueTask<KubernetesApiConnection?>> connect)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(origin);
        ArgumentNullException.ThrowIfNull(connect);
        Services.AddKeyedSingleton(Name, new GivenConnectionRegistration(origin, connect));
        return this;
    }
}
