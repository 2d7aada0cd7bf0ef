using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Kubernetes.Credentials;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// The one place where it is decided how we speak to the API server.
/// <para>
/// HTTP/1.1, for requests and for watches. With HTTP/2 a cancelled request leaves its connection in the pool, so that a connection that
/// died silently swallows one attempt after the other (16 s and 8 attempts measured with pings of minutes), and pings short enough to
/// notice in time cost more traffic than the renewals. With HTTP/1.1 giving up on a request closes its connection. The price is a socket
/// per watch; to pay it otherwise, change <see cref="Version"/> and give watches a handler in common.
/// </para>
/// </summary>
internal sealed class ApiServerChannelFactory
{
    public static readonly Version Version = HttpVersion.Version11;

    /// <summary>Sockets that only a burst needed are closed again, long before a load balancer forgets them.</summary>
    private static readonly TimeSpan SharedIdleLimit = TimeSpan.FromMinutes(1);

    private static readonly string UserAgent = $"LeaseElection.Hosting/{LibraryVersion.Current}";

    private readonly KubernetesConnection _connection;
    private readonly TimeProvider _timeProvider;
    private readonly ServerDialer _dialer;
    private readonly ServerProxy? _proxy;
    private readonly RereadValue<X509Certificate2Collection>? _authorities;
    private readonly GivenCredentialSource? _given;

    /// <param name="connection">Where to.</param>
    /// <param name="timeProvider">Says when to read files again.</param>
    /// <param name="logger">Is told of what can be read no more.</param>
    /// <param name="given">Gives the authorities, where the app describes the connection.</param>
    public ApiServerChannelFactory(
        KubernetesConnection connection, TimeProvider timeProvider, ILogger logger, GivenCredentialSource? given = null)
    {
        _connection = connection;
        _given = given;
        _timeProvider = timeProvider;
        _dialer = new ServerDialer(connection.ConnectTimeout, timeProvider);
        _proxy = (connection.Proxy ?? connection.EnvironmentProxy) is { } proxy ? new ServerProxy(proxy) : null;
        if (connection.CertificateAuthority is { } authority)
            _authorities = new(CredentialText.ParseAuthorities, timeProvider, logger, authority);
        if (connection.SkipTlsVerify)
            KubernetesStoreLog.TlsNotVerified(logger, connection.Server.Authority, connection.Origin);
    }

    /// <param name="credential">With which certificate.</param>
    /// <param name="shared">Whether any number of requests go over it at a time, or one after the other.</param>
    /// <param name="cancellationToken">The request's time is over.</param>
    public async ValueTask<ApiServerChannel> CreateForRequestsAsync(
        ClusterCredential credential, bool shared, CancellationToken cancellationToken)
    {
        if (CreateWithoutSockets(credential) is { } channel)
            return channel;
        SocketsHttpHandler handler = await CreateHandlerAsync(cancellationToken).ConfigureAwait(false);
        // How many sockets there are, the client decides, by how many requests it lets through at a time.
        if (shared && handler.PooledConnectionIdleTimeout > SharedIdleLimit)
            handler.PooledConnectionIdleTimeout = SharedIdleLimit;
        return Create(credential, handler);
    }

    /// <summary>
    /// A handler, and so a connection, for one watch alone: a watch that hangs cannot hold up a renewal, and reopening one after silence
    /// never meets the same dead connection.
    /// </summary>
    public async ValueTask<ApiServerChannel> CreateForWatchAsync(ClusterCredential credential, CancellationToken cancellationToken)
    {
        if (CreateWithoutSockets(credential) is { } channel)
            return channel;
        SocketsHttpHandler handler = await CreateHandlerAsync(cancellationToken).ConfigureAwait(false);
        // Otherwise disposing a stream that never ends would try to read it to its end first.
        handler.MaxResponseDrainSize = 0;
        return Create(credential, handler);
    }

    /// <summary>
    /// The server was not trusted: the authorities may have been rotated since the file was last looked at, and a minute is more than a
    /// term has. The next attempt is made with what the file says now, or the app.
    /// </summary>
    public void RereadAuthorities()
    {
        _authorities?.Get(now: true);
        _given?.BeginRenewingTrust();
    }

    /// <summary>Whether a channel is as good as one made now, over which something was said of late.</summary>
    public bool IsCurrent(ApiServerChannel channel, X509Certificate2Collection? authorities, ClusterCredential credential) =>
        channel.IsMadeWith(authorities, credential.ClientCertificate) && channel.Idle < _connection.IdleLimit;

    /// <summary>Those that count now: looks at their file, once a minute. To be called outside of locks, for a disk may hang.</summary>
    public X509Certificate2Collection? Authorities() => _given is null ? _authorities?.Get() : _given.Authorities;

    /// <summary>
    /// Whether nothing but sockets is between us and the server: no proxy, and nothing that the app has set of its handlers.
    /// </summary>
    public bool IsDirect => _proxy is null && _given is null;

    /// <summary>How TLS is spoken over a connection that no handler has opened, where <see cref="IsDirect"/>.</summary>
    public SslClientAuthenticationOptions CreateTlsOptions(ClusterCredential credential)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = _connection.TlsServerName ?? _connection.Server.IdnHost };
        Secure(options, Authorities(), credential);
        return options;
    }

    public HttpRequestMessage CreateMessage(HttpMethod method, Uri address, ClusterCredential credential)
    {
        var message = new HttpRequestMessage(method, address) { Version = Version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        message.Headers.TryAddWithoutValidation("Accept", "application/json");
        message.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (credential.Bearer is { } bearer)
            message.Headers.TryAddWithoutValidation("Authorization", bearer);
        else
            message.Headers.Authorization = credential.Authorization;
        _connection.User.Impersonation?.AddTo(message.Headers);
        // SocketsHttpHandler takes the name for SNI and for the check of the certificate from here and from nowhere else.
        if (_connection.TlsServerName is { } name)
            message.Headers.Host = name;
        return message;
    }

    /// <summary>
    /// What the app changes of a handler, without what is not the app's: how the server is checked, and how many connections there are.
    /// </summary>
    public static void LetConfigure(SocketsHttpHandler handler, KubernetesApiConnection connection)
    {
        handler.SslOptions.ClientCertificates = []; // Client libraries fill it in before they call such code.
        connection.ConfigureHandler?.Invoke(handler);
        handler.SslOptions.RemoteCertificateValidationCallback = null;
        handler.SslOptions.CertificateChainPolicy = null;
        handler.MaxConnectionsPerServer = int.MaxValue;
    }

    /// <summary>Over what a test has put in the place of the network: no socket, so nothing of what is set of one.</summary>
    private ApiServerChannel? CreateWithoutSockets(ClusterCredential credential) =>
        _connection.Given?.First.CreateHandler is { } create
            ? new ApiServerChannel(create(), Authorities(), credential.ClientCertificate, _timeProvider)
            : null;

    private async ValueTask<SocketsHttpHandler> CreateHandlerAsync(CancellationToken cancellationToken)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, token) => new NetworkStream(
                await _dialer.DialAsync(context.DnsEndPoint, token).ConfigureAwait(false), ownsSocket: true),
            Proxy = _proxy,
        };
        if (_given is not null)
            await LetConfigureAsync(_given, handler, cancellationToken).ConfigureAwait(false);
        // What is to be asked was decided for this server, by kubectl's rules or the app; .NET's own for the variables of the process are
        // others.
        handler.UseProxy &= handler.Proxy is not null;
        handler.ConnectTimeout = _connection.ConnectTimeout;
        handler.PooledConnectionIdleTimeout = _connection.IdleLimit;
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
        if (_connection.User.Impersonation is not null)
            handler.RequestHeaderEncodingSelector = static (header, _) => Impersonation.EncodingOf(header);
        // A trace span for every renewal, every few seconds and for ever, would drown an application's own traces.
        handler.ActivityHeadersPropagator = null;
        return handler;
    }

    private static async ValueTask LetConfigureAsync(
        GivenCredentialSource given, SocketsHttpHandler handler, CancellationToken cancellationToken)
    {
        try
        {
            await given.ConfigureAsync(handler, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            handler.Dispose();
            throw;
        }
    }

    private ApiServerChannel Create(ClusterCredential credential, SocketsHttpHandler handler)
    {
        X509Certificate2Collection? authorities = Authorities();
        Secure(handler.SslOptions, authorities, credential);
        return new ApiServerChannel(handler, authorities, credential.ClientCertificate, _timeProvider);
    }

    private void Secure(SslClientAuthenticationOptions options, X509Certificate2Collection? authorities, ClusterCredential credential)
    {
        ServerTrust.Configure(options, authorities);
        if (_connection.SkipTlsVerify)
        {
#pragma warning disable CA5359 // Asked for in the kubeconfig, word for word, and warned of at start.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        if (credential.ClientCertificate is { } certificate)
        {
            options.ClientCertificateContext = certificate;
            options.LocalCertificateSelectionCallback = null; // Would win.
        }
    }
}
