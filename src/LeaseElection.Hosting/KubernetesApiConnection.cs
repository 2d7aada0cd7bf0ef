using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeaseElection.Hosting.Kubernetes.Credentials;

namespace LeaseElection.Hosting;

/// <summary>
/// How to reach one Kubernetes API server, for an app that knows it from elsewhere: from the configuration of a client library, from a
/// vault. See <see cref="LeaderElectionBuilder.UseKubernetesConnection"/>.
/// </summary>
/// <remarks>
/// The requests, their time limits and their connections stay the library's: what it guarantees lives in them. An instance is taken as it
/// is; for other values give another instance.
/// </remarks>
public sealed class KubernetesApiConnection
{
    /// <summary>The API server.</summary>
    /// <value>An absolute https URL, perhaps with a path, as gateways have. http is refused: a token would be sent in clear text.</value>
    public required Uri Server { get; init; }

    /// <summary>The namespace that comes with the connection.</summary>
    /// <value>
    /// Default: <see langword="null"/>. Used where neither <see cref="LeaderElectionOptions.LeaseNamespace"/> nor the Pod names one;
    /// without any the start is refused.
    /// </value>
    public string? Namespace { get; init; }

    /// <summary>The only authorities that the server's certificate is trusted by.</summary>
    /// <value>Default: <see langword="null"/>, the system's. Not empty. Of no effect beside
    /// <see cref="SkipTlsVerify"/>. Do not dispose of the certificates while the host runs.</value>
    public X509Certificate2Collection? CertificateAuthorities { get; init; }

    /// <summary>The certificate that this process proves itself with, with its intermediates and its private key.</summary>
    /// <value>Default: <see langword="null"/>, none. <see cref="ReadClientCertificate"/> makes one from PEM texts.</value>
    public SslStreamCertificateContext? ClientCertificate { get; init; }

    /// <summary>
    /// Gives the header <c>Authorization</c>. Asked before each request, so it should remember what it knows, but never twice at once. It
    /// runs beside the request and may take longer than a request has: the next one within a minute finds its answer. After 30 s it has
    /// failed, and is not called again before that call has ended.
    /// </summary>
    /// <value>Default: <see langword="null"/>, no such header. What it throws is a failed request, which is tried again.</value>
    public Func<CancellationToken, ValueTask<AuthenticationHeaderValue?>>? Authorize { get; init; }

    /// <summary>The name that the server's certificate must bear, where it is not the host of <see cref="Server"/>.</summary>
    /// <value>Default: <see langword="null"/>. A host name.</value>
    public string? TlsServerName { get; init; }

    /// <summary>
    /// Whether the server's certificate goes unchecked: whoever is between here and there can read the token and pretend to be the API
    /// server, whatever <see cref="CertificateAuthorities"/> says. A warning in the log says so.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool SkipTlsVerify { get; init; }

    /// <summary>
    /// Changes how sockets are made: proxy, connect callback, TLS versions. Called for each new handler, one after the other, and what it
    /// says of redirects, cookies, time-outs, the number of connections and the check of the server's certificate is overridden. Before a
    /// description is used it is called once with a handler that is thrown away: if it then throws, or has not returned after 30 s, the
    /// description is refused.
    /// </summary>
    /// <value>Default: <see langword="null"/>.</value>
    public Action<SocketsHttpHandler>? ConfigureHandler { get; init; }

    /// <summary>
    /// For tests: answers the requests of the election without a network, as the primary handler of an <c>HttpClient</c> does. Each call
    /// makes a new handler, one for requests and one for each watch, and the election disposes of them. The requests are those that an API
    /// server would get. What belongs to sockets has no effect then: certificates, proxies and <see cref="ConfigureHandler"/>.
    /// </summary>
    /// <value>
    /// Default: <see langword="null"/>, sockets. Of an election that runs it stays as it was at the start. What it throws is a failed
    /// request, which is tried again. It must not block.
    /// </value>
    public Func<HttpMessageHandler>? CreateHandler { get; init; }

    /// <summary>Reads a client certificate as kubeconfigs hold it.</summary>
    /// <param name="certificate">PEM: the certificate, then its intermediates if it has any.</param>
    /// <param name="key">PEM: its private key, not encrypted.</param>
    /// <returns>A value for <see cref="ClientCertificate"/>.</returns>
    /// <exception cref="FormatException">One of them is no PEM, or the key is not that of the certificate.</exception>
    /// <exception cref="CryptographicException">The certificate is damaged.</exception>
    public static SslStreamCertificateContext ReadClientCertificate(string certificate, string key)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(key);
        return CredentialText.ParseClientCertificate([certificate, key]);
    }
}
