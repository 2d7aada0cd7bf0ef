using static LeaseElection.Hosting.Configuration.OptionFailures;

namespace LeaseElection.Hosting.Configuration;

/// <summary>The rules that keep a member from being taken for gone while it is well.</summary>
internal static class MemberRules
{
    private const string Prefix = nameof(LeaderElectionOptions.Members) + ":";

    public static void Check(MemberOptions options, OptionFailures failures)
    {
        bool isLease = ElectionTimingRules.CheckLeaseDuration(Prefix + nameof(options.LeaseDuration), options.LeaseDuration, failures);
        if (!isLease || options.RenewInterval is not { } interval)
            return;
        TimeSpan most = options.LeaseDuration / 3;
        if (interval >= ElectionTimingRules.ShortestInterval && interval <= most)
            return;
        failures.Add(
            Prefix + nameof(options.RenewInterval), interval,
            $"at least {Format(ElectionTimingRules.ShortestInterval)} and at most a third of Members:LeaseDuration ({Format(most)}), "
            + "so that one failed attempt makes nobody think that this process is gone",
            $"write \"{Format(MemberSettings.DefaultRenewInterval(options.LeaseDuration))}\"");
    }
}
