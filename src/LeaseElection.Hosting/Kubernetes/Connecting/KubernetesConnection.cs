using LeaseElection.Hosting.Kubernetes.Credentials;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// How to reach one API server, as configured: data only, no file is open and no socket. Whatever can change while the process runs
/// (token, certificates) is named here and read by those who use it.
/// </summary>
internal sealed record KubernetesConnection
{
    /// <summary>An https URL, perhaps with a path before <c>/apis</c>, as gateways such as Rancher's have.</summary>
    public required Uri Server { get; init; }

    /// <summary>Where all this was found, for logs: <c>in-cluster service account</c>, <c>kubeconfig /x context y</c>.</summary>
    public required string Origin { get; init; }

    public required ClusterUser User { get; init; }

    /// <summary>The namespace that comes with the credentials, if one does. Never a made-up <c>default</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>PEM certificates of the only authorities trusted; <see langword="null"/>: those of the system.</summary>
    public TextSource? CertificateAuthority { get; init; }

    /// <summary>The name the server's certificate must bear, where it is not the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    public bool SkipTlsVerify { get; init; }

    /// <summary>The proxy of the kubeconfig (<c>proxy-url</c>): it is asked whatever the server's address is, as kubectl does.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The proxy that the variables of the process name for <see cref="Server"/>, if <see cref="Proxy"/> is not set.</summary>
    public Uri? EnvironmentProxy { get; init; }

    /// <summary>Goes behind the server's name in messages: what is wrong may be wrong with the proxy. Without who logs in there.</summary>
    public string ThroughProxy =>
        (Proxy ?? EnvironmentProxy) is { } proxy ? $" (through the proxy {proxy.Scheme}://{proxy.Authority})" : "";

    /// <summary>
    /// Where credentials, authorities and the settings of sockets come from, if the app says so; nothing above but the server then.
    /// </summary>
    public GivenConnection? Given { get; init; }

    /// <summary>Within the 2.5 s a request has: a connection that cannot be made is known never to have carried the request.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A connection over which nothing was said for so long is not used any more. Load balancers and address translation forget one after
    /// four minutes (Azure) or more, and swallow what comes then: a standby's take-over would hang, and nobody know what became of it.
    /// </summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(3.5);

    /// <summary>
    /// What is the same for those who can share one, wherever each has found it: elections may name one server in a section for each. With
    /// the proxy as a text, because two addresses are equal whoever logs in there.
    /// </summary>
    public (KubernetesConnection Connection, string? Proxy) ToSharingKey() => (this with { Origin = "" }, Proxy?.OriginalString);
}
