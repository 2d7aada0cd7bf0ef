namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>All that a <see cref="PartitionKeeper"/> looks at.</summary>
internal sealed record PartitionView
{
    /// <summary>
    /// Until when it is known to be all there is: when the last list was sent, or the watch after it last told anything, be it a bookmark
    /// or an echo of our own renewals. <see langword="null"/>: there was no list yet. Whoever makes views lists anew when the watch has
    /// told nothing for the time that <see cref="PartitionPace"/> says, so that this is never older than
    /// <see cref="PartitionKeeperSettings.TrustFor"/> while the server answers.
    /// </summary>
    public required TimeSpan? AsOf { get; init; }

    /// <summary>
    /// Who is present. This process is from when the store has confirmed its presence, whatever the watch says of it: others plan with it
    /// then.
    /// </summary>
    public required IReadOnlyList<PartitionMember> Members { get; init; }

    /// <summary>Every partition up to <see cref="PartitionKeeperSettings.Count"/>, by index.</summary>
    public required IReadOnlyList<PartitionSight> Partitions { get; init; }

    /// <summary>
    /// This process is shutting down. Its presence is given up <em>before</em> its partitions are, or the others would wait for it to take
    /// them.
    /// </summary>
    public bool IsLeaving { get; init; }
}
