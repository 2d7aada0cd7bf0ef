using LeaseElection.Hosting.Election;

namespace LeaseElection.Hosting.Configuration;

/// <summary>What the core needs to know of checked options.</summary>
internal static class ElectionSettings
{
    /// <summary>Without a lease there is nothing to renew and nothing to lose, not even at a breakpoint over a long weekend.</summary>
    private static readonly ElectionTimings AlwaysLeading = new(
        LeaseDuration: TimeSpan.FromDays(3650),
        RenewDeadline: TimeSpan.FromDays(3640),
        RenewInterval: TimeSpan.FromDays(1000),
        RetryPeriod: TimeSpan.FromSeconds(2),
        StopTimeout: TimeSpan.FromDays(10));

    private static readonly TimeSpan NoLimit = TimeSpan.FromDays(365);

    /// <summary>So many leases are given up in the time of one.</summary>
    private const int AtOnce = 50;

    /// <summary>
    /// What giving up one more lease may cost. A write takes an API server about a millisecond, and next to it are those of whoever takes
    /// over; ten leave room for one that is busy.
    /// </summary>
    private static readonly TimeSpan ReleaseOfOneMore = TimeSpan.FromMilliseconds(10);

    /// <param name="options">The options of the election.</param>
    /// <param name="identity">The identity that was resolved for it.</param>
    /// <param name="shutdownTimeout">What the host grants all services together to stop; infinite is -1 ms.</param>
    /// <param name="finishTimeout">What telling of the end may take of it, when all else is done.</param>
    /// <param name="leases">How many leases the process may have to give up at once.</param>
    public static ElectorSettings Of(
        LeaderElectionOptions options, string identity, TimeSpan shutdownTimeout, TimeSpan finishTimeout = default, int leases = 1)
    {
        ElectionTimings timings = options.Enabled ? ElectionTimings.From(options) : AlwaysLeading;
        TimeSpan release = ReleaseWithin(options.Enabled ? leases : 1, timings.RenewDeadline);
        return new ElectorSettings
        {
            Identity = identity,
            LeaseDuration = timings.LeaseDuration,
            RenewDeadline = timings.RenewDeadline,
            RenewInterval = timings.RenewInterval,
            RetryPeriod = timings.RetryPeriod,
            StopTimeout = timings.StopTimeout,
            DrainTimeout = DrainTimeout(shutdownTimeout, release + finishTimeout),
            ReleaseOnStop = options.ReleaseOnStop,
            ReleaseWithin = release,
            CountTakeOvers = options.ReleaseOnStop, // Else a stop cannot be told from a crash.
            TakeOverBackoff = options.TakeOverBackoff,
            WhenWorkEnds = options.WhenWorkEnds,
            WhenWorkOverruns = options.WhenWorkOverruns,
        };
    }

    /// <summary>No longer than it is renewed for, unless that is shorter than one takes: by then others may have it.</summary>
    private static TimeSpan ReleaseWithin(int leases, TimeSpan renewDeadline)
    {
        TimeSpan all = ElectorSettings.ReleaseTimeout + (ReleaseOfOneMore * Math.Max(leases - AtOnce, 0));
        TimeSpan most = renewDeadline > ElectorSettings.ReleaseTimeout ? renewDeadline : ElectorSettings.ReleaseTimeout;
        return all < most ? all : most;
    }

    /// <summary>What the host leaves for draining once the time for what follows it is kept back, but always something.</summary>
    private static TimeSpan DrainTimeout(TimeSpan shutdownTimeout, TimeSpan keptBack)
    {
        if (shutdownTimeout < TimeSpan.Zero || shutdownTimeout > NoLimit)
            return NoLimit;
        TimeSpan left = shutdownTimeout - keptBack;
        return left > shutdownTimeout / 2 ? left : shutdownTimeout / 2;
    }
}
