using static LeaseElection.Hosting.Configuration.OptionFailures;

namespace LeaseElection.Hosting.Configuration;

/// <summary>The rules that keep two terms' work apart and leave room for a second attempt (design: "One leader").</summary>
internal static class ElectionTimingRules
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>More often is no use to anybody and a burden on the API server.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    public static void Check(LeaderElectionOptions options, OptionFailures failures)
    {
        // A wrong value must not excuse those measured against it, or the user corrects them one start after another: they are held
        // to the widest legal value instead, which is not shown as if somebody had set it. What they are told to be fits what that is
        // told to be.
        TimeSpan? lease = CheckLeaseDuration(nameof(options.LeaseDuration), options.LeaseDuration, failures) ? options.LeaseDuration : null;
        TimeSpan advisedLease = NearestLease(options.LeaseDuration);
        TimeSpan? deadline = CheckRenewDeadline(options.RenewDeadline, lease, advisedLease, failures) ? options.RenewDeadline : null;
        TimeSpan most = deadline ?? lease ?? Longest;
        TimeSpan advisedDeadline = deadline is { } valid && valid < advisedLease ? valid : TwoThirds(advisedLease);
        if (options.RenewInterval is { } interval)
            CheckRenewInterval(interval, most, deadline, ElectionTimings.DefaultRenewInterval(advisedLease, advisedDeadline), failures);
        CheckRetryPeriod(options.RetryPeriod, most, deadline, advisedDeadline, failures);
        if (options.StopTimeout is { } timeout)
            CheckStopTimeout(timeout, lease ?? Longest, lease is null ? null : deadline, advisedLease - advisedDeadline, failures);
    }

    public static bool CheckLeaseDuration(string option, TimeSpan value, OptionFailures failures)
    {
        if (failures.IsMisread(option))
            return false;

        // Whole, because the lease stores an integer; the upper bound is what turns "15", 15 days, into an error.
        if (value >= Shortest && value <= Longest && value.Ticks % TimeSpan.TicksPerSecond == 0)
            return true;
        failures.Add(option, value, $"whole seconds from {Format(Shortest)} to {Format(Longest)}", Write(NearestLease(value)));
        return false;
    }

    private static bool CheckRenewDeadline(TimeSpan value, TimeSpan? lease, TimeSpan advisedLease, OptionFailures failures)
    {
        if (failures.IsMisread(nameof(LeaderElectionOptions.RenewDeadline)))
            return false;
        if (value >= 2 * ShortestInterval && value < (lease ?? Longest))
            return true;
        failures.Add(
            nameof(LeaderElectionOptions.RenewDeadline), value,
            $"at least {Format(2 * ShortestInterval)} and less than LeaseDuration{Shown(lease)}", Write(TwoThirds(advisedLease)));
        return false;
    }

    private static void CheckRenewInterval(TimeSpan value, TimeSpan most, TimeSpan? deadline, TimeSpan advised, OptionFailures failures)
    {
        if (value >= ShortestInterval && value <= most / 2)
            return;
        failures.Add(
            nameof(LeaderElectionOptions.RenewInterval), value,
            $"at least {Format(ShortestInterval)} and at most half of RenewDeadline{Shown(deadline / 2)}, so that two attempts fit",
            Write(advised));
    }

    private static void CheckRetryPeriod(TimeSpan value, TimeSpan most, TimeSpan? deadline, TimeSpan advised, OptionFailures failures)
    {
        if (value > TimeSpan.Zero && value <= most)
            return;
        TimeSpan usual = TimeSpan.FromSeconds(2);
        failures.Add(
            nameof(LeaderElectionOptions.RetryPeriod), value, $"longer than zero and at most RenewDeadline{Shown(deadline)}",
            Write(advised < usual ? advised : usual));
    }

    private static void CheckStopTimeout(TimeSpan value, TimeSpan lease, TimeSpan? deadline, TimeSpan advised, OptionFailures failures)
    {
        TimeSpan room = lease - (deadline ?? TimeSpan.Zero);
        if (value > TimeSpan.Zero && value <= room)
            return;
        failures.Add(
            nameof(LeaderElectionOptions.StopTimeout), value,
            $"longer than zero and at most LeaseDuration - RenewDeadline{Shown(deadline is null ? null : room)}, after which another "
            + "process may lead",
            Write(advised) + ", or make LeaseDuration longer");
    }

    private static TimeSpan NearestLease(TimeSpan value) =>
        TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(value.TotalSeconds), Shortest.TotalSeconds, Longest.TotalSeconds));

    private static TimeSpan TwoThirds(TimeSpan lease) => TimeSpan.FromMilliseconds(Math.Floor(lease.TotalSeconds * 20 / 3) * 100);

    /// <summary>What a limit comes to; nothing where what it is made of is wrong itself.</summary>
    private static string Shown(TimeSpan? limit) => limit is { } value ? $" ({Format(value)})" : "";

    private static string Write(TimeSpan value) => $"write \"{Format(value)}\"";
}
