namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>What became of an announcement.</summary>
internal enum AnnouncementOutcome
{
    /// <summary>It was carried out.</summary>
    Done,

    /// <summary>404: what it is about does not exist.</summary>
    NotFound,

    /// <summary>
    /// It was not carried out, and would not be if it were sent again as it is: a missing right, an object the server refuses.
    /// </summary>
    Refused,

    /// <summary>It was not carried out, and may be if it is sent again.</summary>
    Failed,

    /// <summary>Nobody knows: it may have been carried out, or may still be.</summary>
    Unknown,
}
