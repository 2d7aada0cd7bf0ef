namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>
/// Which member each partition is wanted of. A hint: who owns a partition is what its lease says, and safety is the leases' (design 13).
/// </summary>
internal static class PartitionPlan
{
    private const int Nobody = -1;

    /// <summary>
    /// The same for the same input in any order, so that all who see the same want the same. Who holds, keeps, up to its quota; the rest
    /// goes to the members that have room, by rank. So a change of members moves what it must and nothing else, and each move brings the
    /// plan nearer without changing it.
    /// </summary>
    /// <param name="members">Who is present and takes part; none twice.</param>
    /// <param name="holders">Who holds each partition; <see langword="null"/>, or nobody present: it is to be given to somebody.</param>
    /// <param name="passedOver">
    /// Who keeps what it holds and is given nothing more, because it does not take what is wanted of it. Unless that is everybody.
    /// </param>
    /// <returns>The wanted owner of each partition; all <see langword="null"/> when nobody is present.</returns>
    public static IReadOnlyList<string?> Owners(
        IReadOnlyCollection<string> members, IReadOnlyList<string?> holders, IReadOnlySet<string>? passedOver = null)
    {
        var owners = new string?[holders.Count];
        string[] takers = [.. members.Where(member => passedOver?.Contains(member) != true)];
        bool spares = takers.Length > 0 && takers.Length < members.Count;
        if (takers.Length == 0)
            takers = [.. members];
        if (takers.Length == 0)
            return owners;
        Array.Sort(takers, StringComparer.Ordinal);

        var shares = new PartitionShares(takers.Length, holders.Count);
        var places = new Dictionary<string, int>(takers.Length);
        foreach (string taker in takers)
            places.Add(taker, places.Count);
        for (int i = 0; i < owners.Length; i++)
        {
            int place = Nobody;
            if (holders[i] is { } holder && !places.TryGetValue(holder, out place))
                place = Nobody;
            if (place == Nobody && spares && holders[i] is { } spared && passedOver!.Contains(spared) && members.Contains(spared))
                owners[i] = spared; // It is no part of what is shared out.
            else
                shares.Add(i, place);
        }

        shares.Settle(Array.ConvertAll(takers, PartitionRank.Of));
        foreach ((int index, int place) in shares.Owners)
            owners[index] = takers[place];
        return owners;
    }
}
