using System.Collections.Immutable;

namespace LeaseElection.Hosting.Partitions;

/// <summary>What the partitions of one election looked like after the last turn of their loop: immutable.</summary>
internal sealed record PartitionsSnapshot
{
    public required ImmutableArray<PartitionStatus> Partitions { get; init; }

    /// <summary>
    /// Since when nobody has owned a partition, on the monotonic clock, by its index; <see langword="null"/> where somebody does.
    /// </summary>
    public required ImmutableArray<TimeSpan?> UnownedSince { get; init; }

    /// <summary>
    /// By index, the elections that this process stands in for a partition, or did last; <see langword="null"/> where it never has. There
    /// may be more than partitions, whose number may have become smaller.
    /// </summary>
    public ImmutableArray<LeaderElection?> Elections { get; init; } = [];

    /// <summary>
    /// Since when it has not been known what becomes of the leases, on the monotonic clock; <see langword="null"/> while it is.
    /// </summary>
    public TimeSpan? BlindSince { get; init; }

    public bool HasEnded { get; init; }

    public int Held => Partitions.Count(partition => partition.IsHeldHere);

    public int Unowned => UnownedSince.Count(since => since is not null);

    /// <summary>The partitions that nobody has owned for so long.</summary>
    public IEnumerable<int> UnownedFor(TimeSpan time, TimeSpan now) =>
        Enumerable.Range(0, UnownedSince.Length).Where(index => UnownedSince[index] is { } since && now >= since + time);

    /// <summary>The same for another number of partitions.</summary>
    public PartitionsSnapshot Of(int count)
    {
        PartitionsSnapshot initial = Initial(count);
        return this with
        {
            Partitions = [.. Partitions.Take(count), .. initial.Partitions.Skip(Partitions.Length)],
            UnownedSince = [.. UnownedSince.Take(count), .. initial.UnownedSince.Skip(UnownedSince.Length)],
        };
    }

    /// <summary>Before anything was seen: nothing is said to be without an owner.</summary>
    public static PartitionsSnapshot Initial(int count) => new()
    {
        Partitions = [.. Enumerable.Range(0, count).Select(index => new PartitionStatus { Index = index })],
        UnownedSince = [.. Enumerable.Repeat<TimeSpan?>(null, count)],
    };
}
