using System.Text.RegularExpressions;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests.Rooms;

/// <summary>
/// Which room of the library may name which is what the table "Rooms" of docs/architecture.md says, neither more nor less: an arrow that
/// nobody draws any more is taken out, and one that somebody draws anew is a decision.
/// </summary>
public sealed partial class RoomsTests
{
    /// <summary>What a pure class may be made of: values, and nothing that waits, talks, or knows the time.</summary>
    private static readonly string[] Pure =
    [
        "LeaseElection.Hosting", "LeaseElection.Hosting.Election", "LeaseElection.Hosting.Election.Deaths",
        "LeaseElection.Hosting.Election.Notes", "LeaseElection.Hosting.Election.Partitions",
        "LeaseElection.Hosting.Leases", "System", "System.Collections.Generic", "System.Collections.Immutable",
        "System.Collections.ObjectModel",
        "System.Diagnostics.CodeAnalysis", "System.Globalization", "System.Linq", "System.Runtime.InteropServices", "System.Text",
    ];

    [Fact]
    public void Arrows_AreThoseOfTheTable()
    {
        IReadOnlyDictionary<(string From, string To), IReadOnlyList<string>> drawn = LibraryRooms.Arrows();
        HashSet<(string From, string To)> allowed = TableArrows();

        Assert.Empty(drawn
            .Where(arrow => arrow.Key.To != LibraryRooms.Root && arrow.Key.From != LibraryRooms.Root && !allowed.Contains(arrow.Key))
            .Select(arrow => $"{arrow.Key.From} names {arrow.Key.To}: {string.Join(", ", arrow.Value.Take(5))}"));
        Assert.Empty(
            allowed.Where(arrow => !drawn.ContainsKey(arrow)).Select(arrow => $"nothing in {arrow.From} names {arrow.To} any more"));
    }

    [Fact]
    public void Rooms_EachIsInTheTable() =>
        Assert.Equal(LibraryRooms.All.Order(StringComparer.Ordinal), TableRooms().Select(row => row.Room).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Election")]
    [InlineData("Election/Deaths")]
    [InlineData("Election/Notes")]
    [InlineData("Election/Partitions")]
    public void Deciders_NameNothingThatWaitsTalksOrKnowsTheTime(string room) =>
        Assert.Empty(
            LibraryRooms.NamespacesNamedIn(room).Where(named => !Pure.Contains(named.Key)).Select(named => $"{named.Key}: {named.Value}"));

    private static HashSet<(string From, string To)> TableArrows() =>
        [.. TableRooms().SelectMany(row => row.Names.Select(name => (row.Room, name)))];

    private static IEnumerable<(string Room, IEnumerable<string> Names)> TableRooms() =>
        from line in File.ReadLines(Path.Combine(Checkout.Docs, "architecture.md"))
        let row = RoomRow().Match(line)
        where row.Success
        select (row.Groups["room"].Value, RoomName().Matches(row.Groups["names"].Value).Select(name => name.Groups["room"].Value));

    [GeneratedRegex(@"^\| `(?<room>[A-Z][A-Za-z/]*)/` \|.*\|(?<names>[^|]*)\|$", RegexOptions.NonBacktracking)]
    private static partial Regex RoomRow();

    [GeneratedRegex(@"`(?<room>[A-Z][A-Za-z/]*)/`", RegexOptions.NonBacktracking)]
    private static partial Regex RoomName();
}
