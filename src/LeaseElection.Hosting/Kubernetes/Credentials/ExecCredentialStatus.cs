namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>The credentials an exec plugin prints: a token, a client certificate, or both.</summary>
internal sealed class ExecCredentialStatus
{
    /// <summary>Missing: valid until the API server says 401.</summary>
    public DateTimeOffset? ExpirationTimestamp { get; init; }

    public string? Token { get; init; }

    public string? ClientCertificateData { get; init; }

    public string? ClientKeyData { get; init; }
}
