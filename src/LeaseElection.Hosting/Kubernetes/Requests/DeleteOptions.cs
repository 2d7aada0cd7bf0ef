namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>The body of a DELETE.</summary>
internal sealed record DeleteOptions
{
    public string Kind { get; } = "DeleteOptions";

    public string ApiVersion { get; } = "v1";

    public required DeletePreconditions Preconditions { get; init; }
}
