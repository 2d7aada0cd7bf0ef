namespace LeaseElection.Simulation;

/// <summary>
/// Mistakes that somebody could make with partitions, or that we made until a fleet showed them. Those that cost a fleet so little that its
/// bounds allow for it are not here: the tables of the keeper's tests (<c>Election/Partitions</c>) see them.
/// </summary>
internal static class FleetMutants
{
    private const string Folder = "Election/Partitions/";
    private const string Plan = Folder + "PartitionPlan.cs";
    private const string Shares = Folder + "PartitionShares.cs";
    private const string Keeper = Folder + "PartitionKeeper.cs";
    private const string Members = Folder + "PartitionMembers.cs";
    private const string Count = Folder + "PartitionCount.cs";
    private const string Pace = Folder + "PartitionPace.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "who holds does not keep",
            new MutantEdit(Plan,
                "if (holders[i] is { } holder && !places",
                "if (holders[i]?.Length > 0 && holders[i] is { } holder && i % 2 == 0 && !places")),
        new("the quota is off by one", new MutantEdit(Shares, "spare > 0 ? least + 1 : least;", "spare > 0 ? least + 1 : least + 1;")),
        new("everybody may have one more", new MutantEdit(Shares, "spare -= quota - least;", "")),
        new(
            "members are taken in the order in which they came",
            new MutantEdit(Plan, "        Array.Sort(takers, StringComparer.Ordinal);\n", "")),
        new(
            "a partition is given up as soon as the plan wants it elsewhere",
            new(Keeper, "_turn.IsDue(since + _settings.MoveAfter)", "_turn.IsDue(since)"),
            new(Keeper, " && _members.IsAlive(owner, partition.Since);", ";")),
        new("the work of the next owner begins while the last one's drains", new MutantEdit(
            "Election/Elector.cs", "_view.Latest!, term.NextRenewal(_view.Latest!.Record), term.Left",
            "_view.Latest!, term.StopReason is null ? term.NextRenewal(_view.Latest!.Record)"
            + " : (LeaseRecords.Release(_view.Latest!.Record, _settings, _turn.Now.Wall), _turn.Now), term.Left")),
        new(
            "a view is trusted however old it is",
            new(Keeper, " || _turn.Instant - asOf > _settings.TrustFor)", ")"),
            new(Keeper, "if (_asOf is not { } last || asOf - last > _settings.TrustFor + LookEvery)", "if (_asOf is not { } last)")),
        new(
            "after a gap in the view nothing begins anew",
            new MutantEdit(Keeper,
                "if (_asOf is not { } last || asOf - last > _settings.TrustFor + LookEvery)",
                "if (_asOf is not { } last)")),
        new(
            "members that have fallen silent are trusted",
            new MutantEdit(Members, "                _silent.Add(member);\n", "                _ = member;\n")),
        new(
            "who may be dead is trusted when the leases of the dead have run out (a bug of ours)",
            new MutantEdit(Members, "(isAnythingHeld || _wasAnythingHeld)", "isAnythingHeld")),
        new("who has let a lease run out is planned with", new MutantEdit(Keeper, "            PassOverWhoLost(i);\n", "")),
        new(
            "a member that is passed over is so for ever",
            new MutantEdit(Members,
                "=> HeardAt <= _lostAt || !turn.IsDue(_until);",
                "=> _lostAt > TimeSpan.MinValue || _leftAt > TimeSpan.MinValue;")),
        new(
            "things move while a holder is late",
            new MutantEdit(Keeper, "                _calmSince = _turn.Instant;\n", "                _ = sight;\n")),
        new(
            "nobody takes what nobody takes",
            new MutantEdit(Keeper, "? _turn.IsDue(FreeSince(_partitions[i]) + ", "? false && _turn.IsDue(FreeSince(_partitions[i]) + ")),
        new(
            "everybody stands for what is free",
            new MutantEdit(
                Keeper, "? _turn.IsDue(FreeSince(_partitions[i]) + (PassOnAfter * (_partitions[i].Owner is null ? 1 : 2)))", "? true")),
        new(
            "the fewest partitions are not what is shared out",
            new MutantEdit(Count, "            if (count < least)\n", "            if (count < 0)\n")),
        new(
            "work that is one of another number of partitions goes on",
            new MutantEdit(Keeper, "i >= _count.Shared || partition.RunsAs != _count.Shared;", "i >= _count.Shared;")),
        new(
            "who does not take what nobody can own is to blame for it (a bug of ours)",
            new MutantEdit(Keeper, "else if (partition.CanBeOwned\n            && ", "else if (")),
        new(
            "a partition whose lease was deleted is free at once (a bug of ours)",
            new MutantEdit(Keeper, "isUnknown ? _partitions[i].Sight with { Part = seen.Part } : seen;", "seen;")),
        new(
            "leases of partitions are followed no more closely than presences (a bug of ours)",
            new MutantEdit(Pace, "Least(group.LeaseDuration, silence * 2),", "group.LeaseDuration,")),
    ];
}
