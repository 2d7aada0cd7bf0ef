using System.Text.RegularExpressions;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Samples.Tests;

/// <summary>Several terminals, one machine: what the README of <c>samples/Partitions</c> promises.</summary>
public sealed partial class PartitionsTests(ITestOutputHelper output)
{
    private const int Count = 12;

    /// <summary>For whatever is not measured: a machine may be busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Well below what is left of a lease of 15 s that is renewed every 3 s, whose end nobody waited for then.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(15) / 2;

    [Fact]
    public async Task First_Started_WorksOnAllOfThem()
    {
        await using ReplicaSet replicas = NewSet();
        Replica only = replicas.Start();

        await OwnsAsync(only, Count);
        Assert.Equal(Enumerable.Range(0, Count), Owned(only).Order());
    }

    /// <summary>The second has never stood for what the first has had from its start: only the group's watch tells it of a death.</summary>
    [UnixTheory]
    [InlineData("INT", false)] // Ctrl-C
    [InlineData("KILL", false)]
    [InlineData("KILL", true)]
    public async Task OneOfTwo_Goes_TheOtherHasItsPartitionsAtOnce(string signal, bool isTheFirst)
    {
        await using ReplicaSet replicas = NewSet();
        Replica first = replicas.Start();
        await OwnsAsync(first, Count);
        Replica second = replicas.Start();
        await OwnsAsync(second, Count / 2);
        await OwnsAsync(first, Count / 2);
        Assert.Empty(Owned(first).Intersect(Owned(second)));

        (Replica goes, Replica stays) = isTheFirst ? (first, second) : (second, first);
        string[] moved = [.. Owned(goes).Select(index => $"Partition {index} of")];
        Line before = stays.Lines[^1];
        long gone = await goes.SignalAsync(signal);
        Line[] back = await Task.WhenAll(moved.Select(partition => stays.WaitForAsync(partition + " 12 is here", Patience, before)));

        Assert.InRange(TimeProvider.System.GetElapsedTime(gone, back.Max(line => line.At)), TimeSpan.Zero, AtOnce);
        await OwnsAsync(stays, Count);
    }

    /// <summary>A replica that comes waits a second for what it is to have, so that a test need not wait for ten.</summary>
    private ReplicaSet NewSet() => new("Partitions", output, ("Partitions__MoveAfter", "00:00:01"));

    private static Task OwnsAsync(Replica replica, int count) => Polling.UntilAsync(
        () => Task.FromResult(Owned(replica).Count == count), Patience, what: $"a replica to work on {count} partitions");

    /// <summary>What it works on by what it printed.</summary>
    private static HashSet<int> Owned(Replica replica)
    {
        HashSet<int> owned = [];
        foreach (Match move in replica.Lines.Select(line => Move().Match(line.Text)).Where(move => move.Success))
        {
            int index = int.Parse(move.Groups["index"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(
                move.Groups["what"].ValueSpan is "is here" ? owned.Add(index) : owned.Remove(index), "Each comes once and goes once.");
        }

        return owned;
    }

    [GeneratedRegex(@"Partition (?<index>\d+) of 12 (?<what>is here|leaves)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Move();
}
