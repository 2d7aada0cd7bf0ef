namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>
/// How much a member is made for a partition: the same in every process, of every version, on every machine. So those who lose a member
/// agree on who takes which of its partitions without a word, and not all of them go to the same one.
/// </summary>
internal static class PartitionRank
{
    /// <summary>FNV-1a over the UTF-16 code units: no hash that .NET makes anew for each process.</summary>
    public static ulong Of(string member)
    {
        ulong hash = 14695981039346656037;
        foreach (char unit in member)
            hash = (hash ^ unit) * 1099511628211;
        return hash;
    }

    /// <summary>
    /// The rank of a member for a partition: the finalizer of SplitMix64, since neighbours must be as different as strangers.
    /// </summary>
    public static ulong Of(ulong member, int index)
    {
        ulong mixed = member + (((ulong)index + 1) * 0x9E3779B97F4A7C15);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
