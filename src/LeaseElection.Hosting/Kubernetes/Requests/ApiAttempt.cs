using LeaseElection.Hosting.Kubernetes.Connecting;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>What is known of a request that is under way, for the case that it ends in an exception.</summary>
internal sealed class ApiAttempt
{
    /// <summary>The connection it was last sent over.</summary>
    public ApiServerChannel? Channel { get; set; }

    public TrackedContent? Content { get; set; }

    /// <summary>Whether a write may have been carried out: its body was handed to a connection, and no refusal came back.</summary>
    public bool MayHaveArrived => Content is { Sent: true };
}
