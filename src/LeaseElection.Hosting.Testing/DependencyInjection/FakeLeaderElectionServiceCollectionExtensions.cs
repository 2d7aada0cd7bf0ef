using LeaseElection.Hosting;
using LeaseElection.Hosting.Testing;
using LeaseElection.Hosting.Testing.Hosts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Has the elections of an app run over leases in memory, for its tests.</summary>
public static class FakeLeaderElectionServiceCollectionExtensions
{
    /// <summary>Notes are written at once: work that waits for one would wait for a clock that nobody moves.</summary>
    private const string NotePaceKey = "LeaseElection.Hosting.NotePace";

    /// <summary>
    /// Has the app's election run over leases in memory and by a clock that stands still, whatever its configuration says: no cluster, no
    /// file, no variable of the process is looked at. Call it after the app has registered its services, in a
    /// <c>WebApplicationFactory</c> by <c>ConfigureTestServices</c>. Calling it again changes nothing.
    /// </summary>
    /// <param name="services">The services, with an <c>AddLeaderElection()</c> among them.</param>
    /// <returns>What has the app lead and lose; also to be had from the app's services.</returns>
    /// <exception cref="InvalidOperationException">There is no such election, or it is fake over other leases.</exception>
    public static FakeLeaderElection AddFakeLeaderElection(this IServiceCollection services) => Add(services, "", null);

    /// <inheritdoc cref="AddFakeLeaderElection(IServiceCollection)"/>
    /// <param name="services">The services, with an <c>AddLeaderElection()</c> among them.</param>
    /// <param name="leases">The leases, of other hosts of the test too.</param>
    public static FakeLeaderElection AddFakeLeaderElection(this IServiceCollection services, InMemoryLeases leases)
    {
        ArgumentNullException.ThrowIfNull(leases);
        return Add(services, "", leases);
    }

    /// <inheritdoc cref="AddFakeLeaderElection(IServiceCollection)"/>
    /// <param name="services">The services, with an <c>AddLeaderElection("name")</c> among them.</param>
    /// <param name="name">The name of the election, which is also the key of what is returned among the services.</param>
    public static FakeLeaderElection AddFakeLeaderElection(this IServiceCollection services, string name) => Add(services, name, null);

    /// <inheritdoc cref="AddFakeLeaderElection(IServiceCollection)"/>
    /// <param name="services">The services, with an <c>AddLeaderElection("name")</c> among them.</param>
    /// <param name="name">The name of the election, which is also the key of what is returned among the services.</param>
    /// <param name="leases">The leases, of other hosts of the test too.</param>
    public static FakeLeaderElection AddFakeLeaderElection(this IServiceCollection services, string name, InMemoryLeases leases)
    {
        ArgumentNullException.ThrowIfNull(leases);
        return Add(services, name, leases);
    }

    internal static IEnumerable<string> ElectionNames(this IServiceCollection services) => services
        .Where(service => service.IsKeyedService && service.ServiceType == typeof(ILeaderElection))
        .Select(service => service.ServiceKey)
        .OfType<string>();

    private static FakeLeaderElection Add(IServiceCollection services, string name, InMemoryLeases? leases)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        if (!services.ElectionNames().Contains(name))
        {
            (string election, string argument) = name.Length == 0 ? ("without a name", "") : ($"'{name}'", $"\"{name}\"");
            throw new InvalidOperationException(
                $"There is no election {election} among the services that could be fake. Call AddFakeLeaderElection after "
                + $"AddLeaderElection({argument}): in a WebApplicationFactory by ConfigureTestServices, which comes after Program.cs.");
        }

        FakeHost host = FindHost(services) ?? AddHost(services, leases ?? new InMemoryLeases());
        if (leases is not null && leases != host.Leases)
        {
            throw new InvalidOperationException(
                "The elections of this host are fake over other leases: all of one host share leases and clock.");
        }

        return host.Elections.FirstOrDefault(election => election.Name == name) ?? AddElection(services, name, host);
    }

    private static FakeHost? FindHost(IServiceCollection services) => services
        .Where(service => !service.IsKeyedService)
        .Select(service => service.ImplementationInstance)
        .OfType<FakeHost>()
        .FirstOrDefault();

    private static FakeHost AddHost(IServiceCollection services, InMemoryLeases leases)
    {
        var host = new FakeHost(leases);
        services.AddSingleton(host);
        services.AddKeyedSingleton<TimeProvider>(LeaderElectionOptions.TimeProviderKey, host.Clock);
        services.AddKeyedSingleton<object>(NotePaceKey, TimeSpan.Zero);
        services.AddSingleton<ILoggerProvider>(host.Work);
        services.Configure<LoggerFilterOptions>(options => // For this provider only: what else the app logs, and where, stays its own.
            options.Rules.Add(new LoggerFilterRule(typeof(RunningWork).FullName, RunningWork.Category, LogLevel.Debug, null)));
        services.AddSingleton<IHostedService>(provider => new FakeHostService(host, services, provider));
        return host;
    }

    private static FakeLeaderElection AddElection(IServiceCollection services, string name, FakeHost host)
    {
        var election = new FakeLeaderElection(name, host);
        host.Add(election);
        int number = host.Elections.Count;
        services.AddLeaderElection(name).UseKubernetesConnection("AddFakeLeaderElection()", (_, _) => new(election.Client.Connect()));
        services.PostConfigure<LeaderElectionOptions>(name, options => FakeOptions.Apply(options, number));
        services.AddKeyedSingleton(name, election);
        if (name.Length == 0)
            services.AddSingleton(election);
        return election;
    }
}
