using System.Text;
using System.Text.Json;
using LeaseElection.Hosting.Kubernetes.Connecting;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>What an exec plugin is told in the variable <c>KUBERNETES_EXEC_INFO</c>.</summary>
internal static class ExecPluginInput
{
    public static string Create(ExecPlugin plugin, KubernetesConnection connection)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", plugin.ApiVersion);
            json.WriteString("kind", "ExecCredential");
            json.WriteStartObject("spec");
            json.WriteBoolean("interactive", false);
            if (plugin.ProvideClusterInfo)
                WriteCluster(json, connection);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteCluster(Utf8JsonWriter json, KubernetesConnection connection)
    {
        json.WriteStartObject("cluster");
        json.WriteString("server", connection.Server.AbsoluteUri.TrimEnd('/'));
        if (connection.TlsServerName is { } name)
            json.WriteString("tls-server-name", name);
        if (connection.SkipTlsVerify)
            json.WriteBoolean("insecure-skip-tls-verify", true);
        if (connection.CertificateAuthority is { } authority)
            json.WriteBase64String("certificate-authority-data", Encoding.UTF8.GetBytes(authority.Read()));
        if (connection.Proxy is { } proxy)
            json.WriteString("proxy-url", proxy.AbsoluteUri);
        json.WriteEndObject();
    }
}
