using System.Text.Json.Serialization;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>The credentials an exec plugin prints: a token, a client certificate, or both. Empty texts count as not printed.</summary>
internal sealed class ExecCredentialStatus
{
    /// <summary>Missing: valid until the API server says 401.</summary>
    [JsonConverter(typeof(OptionalTimeConverter))]
    public DateTimeOffset? ExpirationTimestamp { get; init; }

    public string? Token { get; init => field = NullIfEmpty(value); }

    public string? ClientCertificateData { get; init => field = NullIfEmpty(value); }

    public string? ClientKeyData { get; init => field = NullIfEmpty(value); }

    public bool IsSameAs(ExecCredentialStatus other) =>
        (ExpirationTimestamp, Token, ClientCertificateData, ClientKeyData)
            == (other.ExpirationTimestamp, other.Token, other.ClientCertificateData, other.ClientKeyData);

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
