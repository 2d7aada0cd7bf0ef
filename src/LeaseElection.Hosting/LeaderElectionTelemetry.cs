namespace LeaseElection.Hosting;

/// <summary>What to hand to OpenTelemetry, or to any other listener, to see elections: <c>AddMeter</c> and <c>AddSource</c>.</summary>
public static class LeaderElectionTelemetry
{
    /// <summary>The name of the meter of all instruments, which docs/observability.md lists.</summary>
    public const string MeterName = "LeaseElection.Hosting";

    /// <summary>The name of the source of all activities, which docs/observability.md lists.</summary>
    public const string ActivitySourceName = "LeaseElection.Hosting";
}
