using LeaseElection.Hosting;

namespace LeaseElection.Testing.Electors;

/// <summary>
/// The three durations that every elector has. Those used here leave the electors of others safe on their side: client-go sees
/// renewals by whole seconds and counts its deadline from one retry after the last answer, so deadline + retry must be at least one
/// second and a slow answer below the duration (tests/README.md, client-go beside us); the Python client takes whole seconds only.
/// </summary>
internal sealed record ElectorTimings(int LeaseSeconds, double DeadlineSeconds, double RetrySeconds)
{
    /// <summary>Client-go's, unless a test is about other ones.</summary>
    public static readonly ElectorTimings ClientGo = new(4, 2, 0.5);

    /// <summary>The shortest that the Python client's own rules leave safe: 1 + 2 + a slow answer.</summary>
    public static readonly ElectorTimings Python = new(5, 2, 1);

    /// <summary>Those of a kind of elector that is not ours.</summary>
    public static ElectorTimings Of(string kind) => kind == "python" ? Python : ClientGo;

    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);

    public TimeSpan Deadline => TimeSpan.FromSeconds(DeadlineSeconds);

    public TimeSpan Retry => TimeSpan.FromSeconds(RetrySeconds);

    /// <summary>The longest that a candidate of client-go sleeps between two looks: the period and up to 1.2 times as much.</summary>
    public TimeSpan SlowestPoll => Retry * 2.2;

    /// <summary>When a candidate of these timings has taken a lease whose renewals it does not see, at the latest.</summary>
    public TimeSpan TakesWithin => Lease + TimeSpan.FromSeconds(1) + (SlowestPoll * 2);

    public void Apply(LeaderElectionOptions options)
    {
        options.LeaseDuration = Lease;
        options.RenewDeadline = Deadline;
        options.RetryPeriod = Retry;
    }
}
