namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>What a refusal is about: a 404 of a <c>leases</c> means something else than a 404 of its <c>namespaces</c>.</summary>
internal sealed record ApiStatusDetails
{
    public string? Kind { get; init; }

    public int? RetryAfterSeconds { get; init; }
}
