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
        // to the widest legal value instead.
        TimeSpan lease = CheckLeaseDuration(nameof(options.LeaseDuration), options.LeaseDuration, failures)
            ? options.LeaseDuration
            : Longest;
        TimeSpan deadline = CheckRenewDeadline(options.RenewDeadline, lease, failures) ? options.RenewDeadline : lease;
        if (options.RenewInterval is { } interval)
            CheckRenewInterval(interval, lease, deadline, failures);
        CheckRetryPeriod(options.RetryPeriod, deadline, failures);
        if (options.StopTimeout is { } timeout)
            CheckStopTimeout(timeout, deadline == lease ? lease : lease - deadline, failures);
    }

    public static bool CheckLeaseDuration(string option, TimeSpan value, OptionFailures failures)
    {
        if (failures.IsMisread(option))
            return false;

        // Whole, because the lease stores an integer; the upper bound is what turns "15", 15 days, into an error.
        if (value >= Shortest && value <= Longest && value.Ticks % TimeSpan.TicksPerSecond == 0)
            return true;
        double nearest = Math.Clamp(Math.Ceiling(value.TotalSeconds), Shortest.TotalSeconds, Longest.TotalSeconds);
        failures.Add(
            option, value,
            $"whole seconds from {Format(Shortest)} to {Format(Longest)}", Write(TimeSpan.FromSeconds(nearest)));
        return false;
    }

    private static bool CheckRenewDeadline(TimeSpan value, TimeSpan lease, OptionFailures failures)
    {
        if (failures.IsMisread(nameof(LeaderElectionOptions.RenewDeadline)))
            return false;
        if (value >= 2 * ShortestInterval && value < lease)
            return true;
        TimeSpan twoThirds = TimeSpan.FromMilliseconds(Math.Floor(lease.TotalSeconds * 20 / 3) * 100);
        failures.Add(
            nameof(LeaderElectionOptions.RenewDeadline), value,
            $"at least {Format(2 * ShortestInterval)} and less than LeaseDuration ({Format(lease)})", Write(twoThirds));
        return false;
    }

    private static void CheckRenewInterval(TimeSpan value, TimeSpan lease, TimeSpan deadline, OptionFailures failures)
    {
        if (value >= ShortestInterval && value <= deadline / 2)
            return;
        failures.Add(
            nameof(LeaderElectionOptions.RenewInterval), value,
            $"at least {Format(ShortestInterval)} and at most half of RenewDeadline ({Format(deadline / 2)}), "
            + "so that two attempts fit",
            Write(ElectionTimings.DefaultRenewInterval(lease, deadline)));
    }

    private static void CheckRetryPeriod(TimeSpan value, TimeSpan deadline, OptionFailures failures)
    {
        if (value > TimeSpan.Zero && value <= deadline)
            return;
        TimeSpan usual = TimeSpan.FromSeconds(2);
        failures.Add(
            nameof(LeaderElectionOptions.RetryPeriod), value, $"longer than zero and at most RenewDeadline ({Format(deadline)})",
            Write(deadline < usual ? deadline : usual));
    }

    private static void CheckStopTimeout(TimeSpan value, TimeSpan room, OptionFailures failures)
    {
        if (value > TimeSpan.Zero && value <= room)
            return;
        failures.Add(
            nameof(LeaderElectionOptions.StopTimeout), value,
            $"longer than zero and at most LeaseDuration - RenewDeadline ({Format(room)}), after which another process may lead",
            Write(room) + ", or make LeaseDuration longer");
    }

    private static string Write(TimeSpan value) => $"write \"{Format(value)}\"";
}
