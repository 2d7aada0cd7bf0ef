namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>A request that is due: this Pod shall bear the leader's label, or not.</summary>
/// <param name="Pod">Its name.</param>
/// <param name="Leads">Whether it shall bear it.</param>
/// <param name="SentAt">When it was handed out, by the monotonic clock.</param>
internal sealed record PodLabelPatch(string Pod, bool Leads, TimeSpan SentAt);
