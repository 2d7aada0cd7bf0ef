using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LeaseElection.Hosting;

/// <summary>One of the equal shares that partitioned work is cut into. See <see cref="IPartitionedWork"/>.</summary>
public sealed record Partition
{
    /// <summary>The most partitions that one election can have.</summary>
    internal const int MostCount = 1000;

    /// <summary>Makes one by hand, for a test of work.</summary>
    /// <param name="index">Which, counted from 0.</param>
    /// <param name="count">Of how many: 1 to 1,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such partition.</exception>
    public Partition(int index, int count)
    {
        CheckCount(count);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        (Index, Count) = (index, count);
    }

    /// <summary>Which one it is.</summary>
    /// <value>0 to <see cref="Count"/> - 1.</value>
    public int Index { get; }

    /// <summary>How many there are: the same for all replicas.</summary>
    /// <value>1 to 1,000.</value>
    public int Count { get; }

    /// <summary>Whether what this key names belongs to this partition. Of all partitions it belongs to exactly one.</summary>
    /// <param name="key">What the work is divided by: the number of a customer, the name of a queue.</param>
    /// <returns>Whether <see cref="IndexOf"/> says <see cref="Index"/>.</returns>
    public bool Contains(string key) => IndexOf(key, Count) == Index;

    /// <summary>
    /// The partition that a key belongs to: the same in every process, version and language, so that what enqueues work can say whose it
    /// is. It is the first four bytes of the SHA-256 of the key in UTF-8, read as a big-endian number, modulo <paramref name="count"/>.
    /// </summary>
    /// <param name="key">Any text. Case, blanks and composed characters count: bring keys into one form first.</param>
    /// <param name="count">How many partitions there are: 1 to 1,000.</param>
    /// <returns>0 to <paramref name="count"/> - 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There cannot be so many partitions.</exception>
    public static int IndexOf(string key, int count)
    {
        ArgumentNullException.ThrowIfNull(key);
        CheckCount(count);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        return (int)(BinaryPrimitives.ReadUInt32BigEndian(hash) % (uint)count);
    }

    /// <summary>For logs: <c>3 of 12</c>. The first is 0.</summary>
    public override string ToString() => $"{Index} of {Count}";

    private static void CheckCount(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostCount);
    }
}
