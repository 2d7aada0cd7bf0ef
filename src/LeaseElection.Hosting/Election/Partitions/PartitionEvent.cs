namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>What the keeper tells people.</summary>
internal abstract record PartitionEvent
{
    private PartitionEvent()
    {
    }

    /// <summary>
    /// Members are configured for different numbers of partitions: a warning, told once until they agree or differ otherwise. All of them
    /// share out <paramref name="Least"/> meanwhile.
    /// </summary>
    /// <param name="Count">How many this process is configured for.</param>
    /// <param name="Least">The fewest that a member is.</param>
    /// <param name="LeastOf">That member.</param>
    /// <param name="Most">The most that a member is.</param>
    /// <param name="MostOf">That member.</param>
    public sealed record CountsDiffer(int Count, int Least, string LeastOf, int Most, string MostOf) : PartitionEvent;

    /// <summary>All members are configured for the same number of partitions again.</summary>
    public sealed record CountsAgree(int Count) : PartitionEvent;

    /// <summary>How many partitions are shared out has changed.</summary>
    public sealed record CountChanged(int From, int To) : PartitionEvent;

    /// <summary>
    /// A member has not taken a partition that is wanted of it, or has let its lease run out: it is given nothing more for a while, and
    /// others take it.
    /// </summary>
    /// <param name="Identity">Which member.</param>
    /// <param name="Index">Which partition.</param>
    /// <param name="For">For how long, unless it takes something; <see langword="null"/>: until it gives a sign of life.</param>
    public sealed record PassedOver(string Identity, int Index, TimeSpan? For) : PartitionEvent;
}
