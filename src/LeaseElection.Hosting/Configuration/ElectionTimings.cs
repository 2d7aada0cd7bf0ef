namespace LeaseElection.Hosting.Configuration;

/// <summary>The durations of one election with every default filled in: the one home of those that follow from others.</summary>
/// <param name="LeaseDuration">How long the others wait after the last renewal they received.</param>
/// <param name="RenewDeadline">How long a term is valid after the last successful renewal was sent.</param>
/// <param name="RenewInterval">From one renewal to the next.</param>
/// <param name="RetryPeriod">The slowest pace of retries, and of polling.</param>
/// <param name="StopTimeout">How long work may take to stop once leadership is lost.</param>
internal sealed record ElectionTimings(
    TimeSpan LeaseDuration, TimeSpan RenewDeadline, TimeSpan RenewInterval, TimeSpan RetryPeriod, TimeSpan StopTimeout)
{
    /// <summary>The timings of options that <see cref="LeaderElectionOptionsValidator"/> has accepted.</summary>
    public static ElectionTimings From(LeaderElectionOptions options) => new(
        options.LeaseDuration,
        options.RenewDeadline,
        options.RenewInterval ?? DefaultRenewInterval(options.LeaseDuration, options.RenewDeadline),
        options.RetryPeriod,
        options.StopTimeout ?? options.LeaseDuration - options.RenewDeadline);

    /// <summary>
    /// A fifth of the lease, but no more often than each second, unless so short a deadline was chosen that two attempts would no longer
    /// fit. client-go compares whole seconds of renewTime: where renewals come closer together, their times have to run ahead of the clock
    /// for it to see each.
    /// </summary>
    public static TimeSpan DefaultRenewInterval(TimeSpan leaseDuration, TimeSpan renewDeadline) =>
        TimeSpan.FromTicks(Math.Min(Math.Max(leaseDuration.Ticks / 5, TimeSpan.TicksPerSecond), renewDeadline.Ticks / 2));
}
