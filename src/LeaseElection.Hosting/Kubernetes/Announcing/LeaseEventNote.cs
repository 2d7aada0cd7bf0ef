namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>An Event that waits to be sent.</summary>
/// <param name="Action">What happened, as a word for machines.</param>
/// <param name="Message">What happened, for people.</param>
/// <param name="At">When it happened; it may be sent later.</param>
/// <param name="Uid">The uid of the lease, if it is known.</param>
/// <param name="ResourceVersion">The version of the lease that the Event is about, if it is known.</param>
internal sealed record LeaseEventNote(string Action, string Message, DateTimeOffset At, string? Uid, string? ResourceVersion);
