namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>
/// Which member each partition is wanted of. A hint: who owns a partition is what its lease says, and safety is the leases' (design 13).
/// </summary>
internal static class PartitionPlan
{
    /// <summary>
    /// The same for the same input in any order, so that all who see the same want the same. Who holds, keeps, up to its quota; the rest goes to
    /// the members that have room, by rank. So a change of members moves what it must and nothing else, and each move brings the plan nearer
    /// without changing it.
    /// </summary>
    /// <param name="members">Who is present and takes part; none twice.</param>
    /// <param name="holders">Who holds each partition; <see langword="null"/>, or nobody present: it is to be given to somebody.</param>
    /// <param name="passedOver">
    /// Who keeps what it holds and is given nothing more, because it does not take what is wanted of it. Unless that is everybody.
    /// </param>
    /// <returns>The wanted owner of each partition; all <see langword="null"/> when nobody is present.</returns>
    public static string?[] Owners(
        IReadOnlyCollection<string> members, IReadOnlyList<string?> holders, IReadOnlySet<string>? passedOver = null) =>
        throw new NotImplementedException();
}
