namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>
/// Shares partitions out among members, both known by number. Nobody gets more than N/M, rounded down, and one; and of those who get that
/// one, there are as many as N allows.
/// </summary>
internal sealed class PartitionShares(int members, int partitions)
{
    private readonly List<int> _indexes = new(partitions);
    private readonly List<int> _places = new(partitions);
    private readonly int[] _held = new int[members];

    /// <summary>Each partition, and the number of the member that is to have it.</summary>
    public IEnumerable<(int Index, int Place)> Owners => _indexes.Zip(_places);

    /// <param name="index">A partition: in order, since what has no place yet is given one in this order.</param>
    /// <param name="place">The number of who holds it; -1: nobody does.</param>
    public void Add(int index, int place)
    {
        _indexes.Add(index);
        _places.Add(place);
        if (place >= 0)
            _held[place]++;
    }

    /// <summary>Finds a place for all of them.</summary>
    /// <param name="ranks">What <see cref="PartitionRank.Of(string)"/> says of each member.</param>
    public void Settle(ReadOnlySpan<ulong> ranks)
    {
        (int least, int spare) = Math.DivRem(_indexes.Count, members);
        for (int member = 0; member < members; member++)
        {
            // Who has one more already keeps it, first come by name: so it stays with the same ones while others give theirs up.
            int quota = _held[member] > least && spare > 0 ? least + 1 : least;
            spare -= quota - least;
            if (_held[member] > quota)
                Trim(member, quota, ranks[member]);
        }

        for (int i = 0; i < _places.Count; i++)
        {
            if (_places[i] >= 0)
                continue;
            int best = Best(_indexes[i], least, spare, ranks);
            _places[i] = best;
            if (_held[best]++ == least)
                spare--;
        }
    }

    /// <summary>Takes from a member what it holds beyond its quota: what it is made for least.</summary>
    private void Trim(int member, int quota, ulong rank)
    {
        var held = new List<int>(_held[member]);
        for (int i = 0; i < _places.Count; i++)
        {
            if (_places[i] == member)
                held.Add(i);
        }

        held.Sort((one, other) => PartitionRank.Of(rank, _indexes[one]).CompareTo(PartitionRank.Of(rank, _indexes[other])));
        foreach (int i in held.Take(held.Count - quota))
            _places[i] = -1;
        _held[member] = quota;
    }

    /// <summary>
    /// Of those who have room, the one that is made for it most. Somebody always has: there is as much room as there are partitions.
    /// </summary>
    private int Best(int index, int least, int spare, ReadOnlySpan<ulong> ranks)
    {
        int best = -1;
        ulong most = 0;
        for (int member = 0; member < members; member++)
        {
            if (_held[member] > least || (_held[member] == least && spare == 0))
                continue;
            ulong rank = PartitionRank.Of(ranks[member], index);
            if (best >= 0 && rank <= most)
                continue;
            best = member;
            most = rank;
        }

        return best;
    }
}
