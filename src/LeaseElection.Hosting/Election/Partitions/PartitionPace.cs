namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>How closely a group of leases is followed that has partitions among them.</summary>
internal static class PartitionPace
{
    /// <summary>
    /// As it is followed without, and so much more closely that what is known of it is never older than a <see cref="PartitionKeeper"/>
    /// trusts, also when nobody renews anything: when an owner has crashed, and those who are left own nothing. Otherwise each look after
    /// a silence would seem to be the first after an outage, and what the dead one had would lie for ever.
    /// </summary>
    /// <param name="group">How it is followed without partitions.</param>
    /// <param name="election">The election that has partitions.</param>
    public static ElectorSettings Of(ElectorSettings group, ElectorSettings election)
    {
        // What is left is for two round trips: of the list before, which is as old as its request, and of the one that is due.
        TimeSpan silence = PartitionKeeperSettings.TrustOf(election) - (election.LongestRequest * 0.4);
        return group with
        {
            LeaseDuration = Least(group.LeaseDuration, silence * 2), // A watch may be silent for half of it.
            RetryPeriod = Least(group.RetryPeriod, silence * 0.9), // Where there is no watch; polls come up to a tenth later.
        };
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
