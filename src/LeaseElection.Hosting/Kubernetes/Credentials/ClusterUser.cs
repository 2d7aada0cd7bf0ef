namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>
/// Where the credentials come from. Not a record: a record prints its members, and what an exec plugin is given may be a secret.
/// </summary>
internal sealed class ClusterUser
{
    public TextSource? Token { get; init; }

    public TextSource? ClientCertificate { get; init; }

    public TextSource? ClientKey { get; init; }

    /// <summary>Asked only when there is neither <see cref="Token"/> nor <see cref="ClientCertificate"/>, as kubectl does.</summary>
    public ExecPlugin? Exec { get; init; }

    /// <summary>Whom all requests act as; <see langword="null"/>: who has logged in.</summary>
    public Impersonation? Impersonation { get; init; }
}
