using System.Text.Json;
using LeaseElection.Hosting.Kubernetes.Yaml;
using YamlDotNet.Core;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>Reads what an exec plugin prints: JSON, or YAML, as a here-document of a shell script has it.</summary>
internal static class ExecCredentialText
{
    /// <exception cref="FormatException">
    /// It is neither, or no credential. The message never repeats the text, which may hold a token.
    /// </exception>
    public static ExecCredentialStatus Parse(string output, string apiVersion)
    {
        ExecCredential? credential = FromJson(output) ?? FromJson(FromYaml(output));
        if (credential is null)
            throw new FormatException("did not print an ExecCredential in JSON or YAML on its standard output.");
        if (credential is not { Kind: "ExecCredential", Status: { } status })
            throw new FormatException("printed JSON or YAML, but no ExecCredential with a status.");
        if (credential.ApiVersion != apiVersion)
        {
            throw new FormatException(
                $"answered in version '{credential.ApiVersion}', but the kubeconfig says '{apiVersion}'. Make exec.apiVersion the same.");
        }
        if (status.ClientCertificateData is null != status.ClientKeyData is null)
            throw new FormatException("printed a client certificate or its key, but not both, and one is of no use without the other.");
        return status is { Token: null, ClientCertificateData: null }
            ? throw new FormatException("printed neither a token nor a client certificate with its key.")
            : status;
    }

    private static ExecCredential? FromJson(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize(json, ExecCredentialJsonContext.Default.ExecCredential);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? FromYaml(string output)
    {
        try
        {
            return YamlReader.Read(output) is { } value ? YamlJson.Convert(value) : null;
        }
        catch (YamlException)
        {
            return null;
        }
    }
}
