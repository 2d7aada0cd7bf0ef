using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>A connection that the app has described by itself, and whom to ask for another.</summary>
#pragma warning disable CA1001 // The source is its clients', and disposed of by the last of them.
internal sealed class GivenConnection
#pragma warning restore CA1001
{
    private readonly Lock _lock = new();
    private GivenCredentialSource? _source;

    private GivenConnection(ConnectionGiver giver, KubernetesApiConnection first)
    {
        Giver = giver;
        First = first;
    }

    public ConnectionGiver Giver { get; }

    /// <summary>What it said at the start.</summary>
    public KubernetesApiConnection First { get; }

    /// <returns><see langword="null"/>: the app knows of no API server.</returns>
    /// <exception cref="LeaseStoreConfigurationException">The app threw, gave no answer in time, or says what cannot be.</exception>
    public static async Task<KubernetesConnection?> AskAsync(ConnectionGiver giver, CancellationToken cancellationToken)
    {
        try
        {
            if (await giver.AskAsync(cancellationToken).ConfigureAwait(false) is not { } connection)
                return null;
            KubernetesConnection created = Create(giver, connection);
            await giver.TryConfiguringAsync(connection, cancellationToken).ConfigureAwait(false);
            return created;
        }
        catch (ClusterCredentialException e)
        {
            throw new LeaseStoreConfigurationException(e.Message, e);
        }
    }

    /// <exception cref="LeaseStoreConfigurationException">What the app says cannot be.</exception>
    public static KubernetesConnection Create(ConnectionGiver giver, KubernetesApiConnection connection) => new()
    {
        Server = Check(giver.Origin, connection),
        Origin = giver.Origin,
        User = new ClusterUser(),
        Namespace = connection.Namespace,
        TlsServerName = connection.TlsServerName,
        SkipTlsVerify = connection.SkipTlsVerify,
        Given = new GivenConnection(giver, connection),
    };

    /// <summary>The same whether it is the first description or a later one.</summary>
    /// <returns>The server.</returns>
    /// <exception cref="LeaseStoreConfigurationException">What the app says cannot be.</exception>
    public static Uri Check(string origin, KubernetesApiConnection connection)
    {
        if (connection.Server is null)
        {
            throw new LeaseStoreConfigurationException(
                $"The server that {origin} gives is null. Set it to the https address of the API server.");
        }
        if (connection.CertificateAuthorities is { Count: 0 })
        {
            throw new LeaseStoreConfigurationException(
                $"{origin} gives an empty list of certificate authorities, which would trust nobody: give at least one, or none (null) "
                + "for those of the system.");
        }
        if (connection.TlsServerName is { } name && Uri.CheckHostName(name) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
            throw new LeaseStoreConfigurationException($"The TLS server name that {origin} gives is '{name}', but must be a host name.");
        return ServerUrl.Parse($"The server that {origin} gives", connection.Server.OriginalString);
    }

    /// <summary>
    /// One for lease, label and events: what one of them has learned the others need not find out by a refusal of their own, and the app
    /// is never asked twice at once. Each client disposes of it.
    /// </summary>
    public GivenCredentialSource Share(TimeProvider timeProvider, ILogger logger)
    {
        lock (_lock)
        {
            if (_source?.TryJoin() is not true)
                _source = new GivenCredentialSource(this, timeProvider, logger);
            return _source;
        }
    }
}
