namespace LeaseElection.Simulation;

/// <summary>Mistakes with notes.</summary>
internal static class NoteMutants
{
    private const string Keeper = "Election/Notes/NoteKeeper.cs";
    private const string Annotations = "Election/Notes/NoteAnnotations.cs";
    private const string Reading = "value.StartsWith(mark, StringComparison.Ordinal)";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "a note is confirmed by any version that is ours",
            new MutantEdit(Keeper, "if (sent == record)", "if (sent.HolderIdentity == record.HolderIdentity)")),
        new(
            "notes of a term that was lost are written by the next",
            new MutantEdit(Keeper, "        if (held is null)\n            End();\n", "")),
        new("a term that is over may still say something", new MutantEdit(Keeper, "if (write.Term != held)", "if (held is null)")),
        new(
            "a reply that was lost is not looked for",
            new MutantEdit(Keeper, "        _isQuietNext = true;\n", "        _isQuietNext = true;\n        _attempts.Clear();\n")),
        new(
            "a note is confirmed as often as it is seen",
            new MutantEdit(
                Keeper, "Settle(Take(carried), NoteOutcome.Written);", "Settle(_open.GetRange(0, carried), NoteOutcome.Written);")),
        new(
            "two renewals that look alike have said the same",
            new MutantEdit(
                Keeper, "carried = Math.Min(carried, said);", "carried = carried == int.MaxValue ? said : Math.Max(carried, said);")),
        new(
            "each note is a renewal",
            new MutantEdit(Keeper, "            _nextAt = turn.Instant + settings.NotePace;", "            _nextAt = turn.Instant;")),
        new(
            "what is written for notes alone counts as a renewal",
            new MutantEdit("Election/ElectionTerm.cs", "? (kept, _renewed)", "? (kept, _turn.Now)")),
        new(
            "notes alone are written in the second of the last renewal, however long ago",
            new MutantEdit("Election/ElectionTerm.cs", " && _turn.Instant < _renewed.Monotonic + LeaseRecords.OneSecond", "")),
        new(
            "of many notes at once the last is written",
            new MutantEdit(
                Keeper, "foreach (NoteWrite write in _open)\n            changes",
                "foreach (NoteWrite write in _open.TakeLast(1))\n            changes")),
        new(
            "of many notes by one key the first is written",
            new MutantEdit(
                Keeper, "foreach (NoteWrite write in _open)\n            changes",
                "foreach (NoteWrite write in _open.AsEnumerable().Reverse())\n            changes")),
        new(
            "a term says what it has to only when it is asked",
            new MutantEdit(Keeper, "begins = purpose == RequestPurpose.TakeOver ?", "begins = purpose == RequestPurpose.Release ?")),
        new(
            "a take-over clears nothing, and readers do not look whose a note is",
            new(Keeper, "        changes.ClearTerms();\n", ""),
            new(Annotations, Reading, "value.Length >= mark.Length")),
        new(
            "a take-over clears what terms have said, and readers do not look whose a note is",
            new MutantEdit(Annotations, Reading, "value.Length >= mark.Length")),
        new(
            "a note of a term does not say whose it is",
            new MutantEdit(Annotations, "Uri.EscapeDataString(record.HolderIdentity!)", "\"me\"")),
    ];
}
