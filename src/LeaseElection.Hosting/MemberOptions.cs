namespace LeaseElection.Hosting;

/// <summary>
/// How each replica shows that it is here: by a Lease of its own, which it renews. Of no effect without
/// <see cref="LeaderElectionBuilder.AddMembers"/>, and never on the election itself.
/// </summary>
public sealed class MemberOptions
{
    /// <summary>After how long without a sign of life the others count a member as gone.</summary>
    /// <value>Default 40 seconds. Whole seconds, 1 second to 1 hour.</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>How often a member shows that it is here: one request each time.</summary>
    /// <value>
    /// Default: a quarter of <see cref="LeaseDuration"/>, 10 seconds. At least 100 milliseconds, and at most a third of
    /// <see cref="LeaseDuration"/>, so that one failed attempt makes nobody think that the member is gone.
    /// </value>
    public TimeSpan? RenewInterval { get; set; }
}
