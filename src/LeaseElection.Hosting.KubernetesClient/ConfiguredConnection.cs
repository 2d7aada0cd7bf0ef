using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using k8s.Authentication;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.KubernetesClient;

/// <summary>Reads a configuration as KubernetesClient does, and says the same of the same one.</summary>
internal sealed class ConfiguredConnection
{
    private readonly Lock _lock = new();
    private KubernetesClientConfiguration? _configuration;
    private KubernetesApiConnection? _connection;

    /// <summary>What the seam of the library asks, answered by the configuration that is found.</summary>
    public static Func<IServiceProvider, CancellationToken, ValueTask<KubernetesApiConnection?>> By(
        Func<IServiceProvider, KubernetesClientConfiguration?> find)
    {
        var connection = new ConfiguredConnection();
        return (services, _) => new(connection.Of(find(services)));
    }

    /// <exception cref="OptionsValidationException">The configuration cannot be used.</exception>
    public KubernetesApiConnection? Of(KubernetesClientConfiguration? configuration)
    {
        if (configuration is null)
            return null;
        lock (_lock)
        {
            if (!ReferenceEquals(configuration, _configuration))
                (_configuration, _connection) = (configuration, Read(configuration));
            return _connection;
        }
    }

    private static KubernetesApiConnection Read(KubernetesClientConfiguration configuration) => new()
    {
        Server = Server(configuration),
        Namespace = Namespace(configuration),
        CertificateAuthorities = Copy(configuration.SslCaCerts),
        ClientCertificate = ClientCertificate(configuration),
        Authorize = Authorize(k8s.Kubernetes.CreateCredentials(configuration)),
        TlsServerName = NullIfEmpty(configuration.TlsServerName),
        SkipTlsVerify = configuration.SkipTlsVerify,
        ConfigureHandler = configuration.FirstMessageHandlerSetup,
    };

    private static Uri Server(KubernetesClientConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration.Host))
        {
            throw Refusal.Of(
                "Host of the KubernetesClientConfiguration that UseKubernetesClient takes is not set. Set it to the https "
                + "address of the API server.");
        }

        if (!Uri.TryCreate(configuration.Host, UriKind.Absolute, out Uri? server))
        {
            throw Refusal.Of(
                $"Host of the KubernetesClientConfiguration that UseKubernetesClient takes is '{configuration.Host}', but must "
                + "be an absolute https URL, such as https://10.0.0.1:6443.");
        }
        // http is refused by whom this is given to. This one needs other words: nobody has written it.
        return server.OriginalString != "http://localhost:8080"
            ? server
            : throw Refusal.Of(
                "Host of the KubernetesClientConfiguration that UseKubernetesClient takes is 'http://localhost:8080', which is "
                + "what BuildDefaultConfig() answers where it finds neither a kubeconfig nor a Pod's service account; http is "
                + "refused. Where there may be no cluster, write .UseKubernetesClient(() => "
                + "KubernetesClientConfiguration.IsInCluster() ? KubernetesClientConfiguration.InClusterConfig() : null).");
    }

    /// <summary>kubectl takes <c>default</c> for a context that names none; anywhere else that would be a guess.</summary>
    private static string? Namespace(KubernetesClientConfiguration configuration) =>
        NullIfEmpty(configuration.Namespace?.Trim()) ?? (configuration.CurrentContext is null ? null : "default");

    /// <summary>Copies, because the certificates belong to whoever has made the configuration, and may be disposed of.</summary>
    private static X509Certificate2Collection? Copy(X509Certificate2Collection? authorities) =>
        authorities is null ? null : [.. authorities.Select(authority => X509CertificateLoader.LoadCertificate(authority.RawData))];

    /// <summary>Files before data, as in KubernetesClient; and its intermediates, which that leaves out.</summary>
    private static SslStreamCertificateContext? ClientCertificate(KubernetesClientConfiguration configuration)
    {
        try
        {
            string? certificate = Text(configuration.ClientCertificateFilePath, configuration.ClientCertificateData);
            string? key = Text(configuration.ClientKeyFilePath, configuration.ClientCertificateKeyData);
            return certificate is null || key is null ? null : KubernetesApiConnection.ReadClientCertificate(certificate, key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or CryptographicException)
        {
            throw Refusal.Of(
                $"The client certificate of the KubernetesClientConfiguration that UseKubernetesClient takes cannot be used: {e.Message}");
        }
    }

    private static string? Text(string? path, string? data)
    {
        if (!string.IsNullOrWhiteSpace(path))
            return File.ReadAllText(path);
        return string.IsNullOrWhiteSpace(data) ? null : Encoding.UTF8.GetString(Convert.FromBase64String(data));
    }

    private static Func<CancellationToken, ValueTask<AuthenticationHeaderValue?>>? Authorize(ServiceClientCredentials? credentials)
    {
        if (credentials is null)
            return null;
        return async cancellationToken =>
        {
            using var message = new HttpRequestMessage();
            await credentials.ProcessHttpRequestAsync(message, cancellationToken).ConfigureAwait(false);
            // A plugin that prints a certificate and an empty token makes "Bearer" and nothing.
            return message.Headers.Authorization is { Parameter.Length: > 0 } authorization ? authorization : null;
        };
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
