namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>What an exec plugin prints: kind <c>ExecCredential</c>. A class, because a record would print the token.</summary>
internal sealed class ExecCredential
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public ExecCredentialStatus? Status { get; init; }
}
