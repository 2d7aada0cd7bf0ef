namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>
/// Where the credentials come from. Equal are two that say the same, and share one connection; nothing is printed, for what
/// an exec plugin is given may be a secret.
/// </summary>
internal sealed record ClusterUser
{
    public TextSource? Token { get; init; }

    public TextSource? ClientCertificate { get; init; }

    public TextSource? ClientKey { get; init; }

    /// <summary>Asked only when there is neither <see cref="Token"/> nor <see cref="ClientCertificate"/>, as kubectl does.</summary>
    public ExecPlugin? Exec { get; init; }

    /// <summary>Whom all requests act as; <see langword="null"/>: who has logged in.</summary>
    public Impersonation? Impersonation { get; init; }

    public override string ToString() => nameof(ClusterUser);
}
