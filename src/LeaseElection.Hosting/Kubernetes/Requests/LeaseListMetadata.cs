namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>Of which version a list is, and what to ask for the rest of it with.</summary>
internal sealed record LeaseListMetadata
{
    public string? ResourceVersion { get; init; }

    /// <summary>Empty or absent on the last page.</summary>
    public string? Continue { get; init; }
}
