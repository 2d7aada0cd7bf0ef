using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.Configuration;

/// <summary>
/// Asks the app how the API server of an election is reached, if it has offered to say so. One function is one connection, however many
/// elections it is offered for: it is not told of which one it is asked, and each would else have sockets and a watch of its own.
/// </summary>
internal sealed class GivenConnections(IServiceProvider services, ProcessEnvironment environment, ElectionClock clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<GivenConnectionRegistration, Lazy<Task<KubernetesConnection?>>> _asked = [];

    /// <summary>What the user has typed; <see langword="null"/> if the app has nothing to say of this election.</summary>
    public string? OriginOf(LeaderElectionRegistration registration) => Find(registration)?.Origin;

    /// <returns><see langword="null"/>: the app knows of no API server, or has nothing to say of this election.</returns>
    /// <exception cref="LeaseStoreConfigurationException">What it says cannot be used, or the settings say something else.</exception>
    public async ValueTask<KubernetesConnection?> AskAsync(
        LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken)
    {
        if (Find(registration) is not { } given)
            return null;
        RefuseSettingsBeside(given.Origin, registration, options);
        return await AskedOnce(given).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<KubernetesConnection?> AskedOnce(GivenConnectionRegistration given)
    {
        Lazy<Task<KubernetesConnection?>>? asked;
        lock (_lock)
        {
            if (!_asked.TryGetValue(given, out asked) || !IsGoodForMore(asked))
                _asked[given] = asked = new(() => AskAsync(given));
        }
        AppCode.Forget(asked.Value); // Those who wait may all have given up when it throws.
        return asked.Value;
    }

    /// <summary>
    /// Not where the app threw or knew of no server: a broker without a host asks at its next use again, and then it may be otherwise.
    /// </summary>
    private static bool IsGoodForMore(Lazy<Task<KubernetesConnection?>> asked) =>
        !asked.IsValueCreated || !asked.Value.IsCompleted || asked.Value is { IsCompletedSuccessfully: true, Result: not null };

    /// <summary>For all that wait for the answer, and so until there is one: it has its own time limit.</summary>
    private async Task<KubernetesConnection?> AskAsync(GivenConnectionRegistration given)
    {
        var giver = new ConnectionGiver(given.Origin, token => given.Connect(services, token), clock.TimeProvider);
        KubernetesConnection? connection = await GivenConnection.AskAsync(giver, CancellationToken.None).ConfigureAwait(false);
        return connection is { Given.First.CreateHandler: null }
            ? connection with { EnvironmentProxy = EnvironmentProxy.For(connection.Server, environment) }
            : connection; // None, or one without a network, on which the variables of the process have no say.
    }

    private GivenConnectionRegistration? Find(LeaderElectionRegistration registration) =>
        services.GetKeyedService<GivenConnectionRegistration>(registration.Name);

    /// <summary>Half of one connection and half of another would be one that nobody described.</summary>
    private static void RefuseSettingsBeside(string origin, LeaderElectionRegistration registration, LeaderElectionOptions options)
    {
        KubernetesStoreOptions kubernetes = options.Kubernetes;
        (string Option, string? Value)[] settings =
        [
            (nameof(kubernetes.ApiServer), kubernetes.ApiServer),
            (nameof(kubernetes.KubeConfig), kubernetes.KubeConfig),
            (nameof(kubernetes.Context), kubernetes.Context),
            (nameof(kubernetes.TokenFile), kubernetes.TokenFile),
            (nameof(kubernetes.CertificateAuthorityFile), kubernetes.CertificateAuthorityFile),
        ];
        foreach ((string option, string? value) in settings)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                throw new LeaseStoreConfigurationException(
                    $"{registration.KeyOf($"Kubernetes:{option}", options)} is '{value}', but {origin} says in code how the "
                    + "API server is reached. Remove one of the two.");
            }
        }
    }
}
