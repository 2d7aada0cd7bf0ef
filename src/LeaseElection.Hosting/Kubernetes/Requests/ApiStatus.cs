namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>The body of every refusal of an API server: kind <c>Status</c>.</summary>
internal sealed record ApiStatus
{
    public string? Kind { get; init; }

    /// <summary><c>Failure</c>, or <c>Success</c>.</summary>
    public string? Status { get; init; }

    public string? Message { get; init; }

    /// <summary>A word for machines, such as <c>AlreadyExists</c>.</summary>
    public string? Reason { get; init; }

    public int? Code { get; init; }

    public ApiStatusDetails? Details { get; init; }
}
