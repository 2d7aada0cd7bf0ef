namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// The names of all tags and those values that are no member of an enumeration. Never one for identity or pod: that is what the
/// resource attributes of a process say, and every restart would be a new time series.
/// </summary>
internal static class TelemetryTags
{
    public const string LeaseName = "leader_election.lease.name";
    public const string LeaseNamespace = "leader_election.lease.namespace";
    public const string Transition = "leader_election.transition";
    public const string Reason = "leader_election.reason";
    public const string Operation = "leader_election.operation";
    public const string FencingToken = "leader_election.fencing_token";
    public const string ErrorType = "error.type";
    public const string BrokerName = "lease_broker.name";
    public const string Outcome = "lease_broker.outcome";

    public const string Acquired = "acquired";
    public const string Lost = "lost";
    public const string Released = "released";

    public const string NotAcquired = "not_acquired";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    /// <summary>A reason: the host stopped waiting, or the election ended by a bug.</summary>
    public const string Abandoned = "abandoned";

    public const string Get = "get";
    public const string Create = "create";
    public const string Update = "update";
    public const string Release = "release";

    /// <summary>An error: the lease was not the version that the write named.</summary>
    public const string Conflict = "conflict";

    /// <summary>What OpenTelemetry calls an error that has no name of its own.</summary>
    public const string OtherError = "_OTHER";
}
