using LeaseElection.Hosting.Election;

namespace LeaseElection.Hosting.Configuration;

/// <summary>What the core needs to know to keep a member's own lease.</summary>
internal static class MemberSettings
{
    /// <summary>The settings of options that <see cref="MemberRules"/> has accepted.</summary>
    public static ElectorSettings Of(LeaderElectionOptions options, string identity)
    {
        TimeSpan lease = options.Members.LeaseDuration;
        TimeSpan deadline = lease * 2 / 3;
        return new ElectorSettings
        {
            HasRivals = false,
            Identity = identity,
            LeaseDuration = lease,
            RenewDeadline = deadline,
            RenewInterval = options.Members.RenewInterval ?? DefaultRenewInterval(lease),
            RetryPeriod = options.RetryPeriod < deadline ? options.RetryPeriod : deadline,
            StopTimeout = lease - deadline,
            DrainTimeout = lease - deadline, // There is no work.
        };
    }

    public static TimeSpan DefaultRenewInterval(TimeSpan leaseDuration) => leaseDuration / 4;
}
