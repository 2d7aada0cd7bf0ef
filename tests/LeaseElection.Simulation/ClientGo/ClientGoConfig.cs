namespace LeaseElection.Simulation;

/// <summary>What users of client-go configure, under the names that <c>LeaderElectionConfig</c> gives it.</summary>
internal sealed record ClientGoConfig(TimeSpan LeaseDuration, TimeSpan RenewDeadline, TimeSpan RetryPeriod)
{
    public bool ReleaseOnCancel { get; init; }

    /// <summary>The timeout of the HTTP client; <see langword="null"/>, the default: none.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    public RecordedTimes Times { get; init; }

    /// <summary>What the record says: fractions of a second are cut off.</summary>
    public int RecordedSeconds => (int)LeaseDuration.TotalSeconds;

    public static ClientGoConfig Of(double lease, double deadline, double retry) =>
        new(TimeSpan.FromSeconds(lease), TimeSpan.FromSeconds(deadline), TimeSpan.FromSeconds(retry));
}
