namespace LeaseElection.Hosting.Election;

/// <summary>
/// When the next request may be sent after failures: 250 ms at first, doubling, jittered, at most the retry period apart, and always
/// at least 50 ms, so that no answer whatever makes a busy loop on the API server (design 5, rule 9).
/// </summary>
internal sealed class RetryPacer(ElectorSettings settings, Random random)
{
    /// <summary>No two requests for the same thing are sent sooner one after the other, however short a retry period was chosen.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);

    private int _failures;

    public TimeSpan NextAt { get; private set; } = TimeSpan.MinValue;

    /// <summary>Counts a failure.</summary>
    /// <param name="now">The monotonic clock.</param>
    /// <param name="retryAfter">
    /// What the server asked for. Honoured, but never past the deadline, and by a standby for one lease duration at most: a proxy that
    /// says "tomorrow" must not take it out of the election.
    /// </param>
    /// <param name="deadline">
    /// The renew deadline of a leader. Each pause takes at most half of what is left, so that attempts get denser instead of ending.
    /// </param>
    public void Fail(TimeSpan now, TimeSpan? retryAfter, TimeSpan? deadline)
    {
        TimeSpan pause = First * Math.Pow(2, Math.Min(_failures++, 16));
        pause = (pause < settings.RetryPeriod ? pause : settings.RetryPeriod) * (0.8 + (random.NextDouble() * 0.2));
        if (retryAfter > pause)
            pause = retryAfter < settings.LeaseDuration ? retryAfter.Value : settings.LeaseDuration;
        if (deadline is { } end && pause > (end - now) / 2)
            pause = (end - now) / 2;
        NextAt = now + (pause > Least ? pause : Least);
    }

    public void Reset()
    {
        _failures = 0;
        NextAt = TimeSpan.MinValue;
    }
}
