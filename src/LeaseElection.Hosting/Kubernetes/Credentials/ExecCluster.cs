using System.Text;
using System.Text.Json;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>The cluster as an exec plugin is told of it, where the kubeconfig says <c>provideClusterInfo</c>.</summary>
internal sealed record ExecCluster
{
    /// <summary>As it stands in the kubeconfig.</summary>
    public required string Server { get; init; }

    public string? TlsServerName { get; init; }

    public bool SkipTlsVerify { get; init; }

    public TextSource? CertificateAuthority { get; init; }

    public string? ProxyUrl { get; init; }

    /// <summary>
    /// JSON meant for the plugin, from the cluster's extension <c>client.authentication.k8s.io/exec</c>; perhaps with a secret.
    /// </summary>
    public string? Config { get; init; }

    /// <summary>Not what a record prints: its secrets.</summary>
    public override string ToString() => nameof(ExecCluster);

    /// <summary>Writes the object <c>spec.cluster</c>.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject("cluster");
        json.WriteString("server", Server);
        if (TlsServerName is { } name)
            json.WriteString("tls-server-name", name);
        if (SkipTlsVerify)
            json.WriteBoolean("insecure-skip-tls-verify", true);
        if (CertificateAuthority is { } authority)
            json.WriteBase64String("certificate-authority-data", Encoding.UTF8.GetBytes(authority.Read()));
        if (ProxyUrl is { } proxy)
            json.WriteString("proxy-url", proxy);
        if (Config is { } config)
        {
            json.WritePropertyName("config");
            json.WriteRawValue(config);
        }
        json.WriteEndObject();
    }
}
