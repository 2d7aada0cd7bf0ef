namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>What became of an announcement, and in words for an operator why, unless it was carried out.</summary>
/// <param name="Outcome">What.</param>
/// <param name="Message">Why, and what to do.</param>
/// <param name="RetryAfter">How long the server wants to be left alone.</param>
internal sealed record AnnouncementReply(AnnouncementOutcome Outcome, string Message = "", TimeSpan? RetryAfter = null);
