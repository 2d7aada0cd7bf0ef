using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>A connection that the app has described by itself, and whom to ask for another.</summary>
internal sealed class GivenConnection
{
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
            return await giver.AskAsync(cancellationToken).ConfigureAwait(false) is { } connection ? Create(giver, connection) : null;
        }
        catch (ClusterCredentialException e)
        {
            throw new LeaseStoreConfigurationException(e.Message, e);
        }
    }

    /// <exception cref="LeaseStoreConfigurationException">What the app says cannot be.</exception>
    public static KubernetesConnection Create(ConnectionGiver giver, KubernetesApiConnection connection)
    {
        if (connection.CertificateAuthorities is { Count: 0 })
        {
            throw new LeaseStoreConfigurationException(
                $"{giver.Origin} gives an empty list of certificate authorities, which would trust nobody: give at least one, or none (null) "
                + "for those of the system.");
        }
        if (connection.TlsServerName is { } name && Uri.CheckHostName(name) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
            throw new LeaseStoreConfigurationException($"The TLS server name that {giver.Origin} gives is '{name}', but must be a host name.");
        TryConfiguring(giver, connection);
        return new KubernetesConnection
        {
            Server = ServerUrl.Parse($"The server that {giver.Origin} gives", connection.Server.OriginalString),
            Origin = giver.Origin,
            User = new ClusterUser(),
            Namespace = connection.Namespace,
            TlsServerName = connection.TlsServerName,
            SkipTlsVerify = connection.SkipTlsVerify,
            Given = new GivenConnection(giver, connection),
        };
    }

    /// <summary>Once before the host starts: what always throws would else be found at the first request.</summary>
    private static void TryConfiguring(ConnectionGiver giver, KubernetesApiConnection connection)
    {
        if (connection.ConfigureHandler is null)
            return;
        using var handler = new SocketsHttpHandler();
        try
        {
            ApiServerChannelFactory.LetConfigure(handler, connection);
        }
#pragma warning disable CA1031 // The app's own code: whatever it throws, the start is refused with its words.
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw new LeaseStoreConfigurationException(
                $"Configuring the socket handler as {giver.Origin} says threw {e.GetType().Name}: {Excerpt.Of(e.Message)}", e);
        }
    }
}
