using LeaseElection.Hosting;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>Asks the library itself what it makes of the timings of a situation.</summary>
internal static class OurSettings
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>What it says at start instead of running with these timings; none: it runs.</summary>
    public static IReadOnlyCollection<string> Refusals(LeaseCase situation)
    {
        LeaderElectionOptions options = Options(situation);
        var failures = new OptionFailures(new LeaderElectionRegistration("", null), options, told: new());
        ElectionTimingRules.Check(options, failures);
        return failures.Messages;
    }

    public static ElectorSettings Of(LeaseCase situation) => ElectionSettings.Of(Options(situation), "", ShutdownTimeout);

    /// <summary>Work may take until the end of the lease to stop, which is the default and the most there is.</summary>
    private static LeaderElectionOptions Options(LeaseCase situation) => new()
    {
        LeaseDuration = situation.Ours.LeaseDuration,
        RenewDeadline = situation.Ours.RenewDeadline,
        RenewInterval = situation.Ours.RetryPeriod,
        RetryPeriod = situation.Ours.RetryPeriod,
    };
}
