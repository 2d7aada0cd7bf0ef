using System.Text;
using System.Text.Json;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>What an exec plugin is told in the variable <c>KUBERNETES_EXEC_INFO</c>.</summary>
internal static class ExecPluginInput
{
    public static string Create(ExecPlugin plugin)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", plugin.ApiVersion);
            json.WriteString("kind", "ExecCredential");
            json.WriteStartObject("spec");
            json.WriteBoolean("interactive", false);
            plugin.Cluster?.WriteTo(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
