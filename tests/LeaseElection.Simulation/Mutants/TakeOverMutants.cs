namespace LeaseElection.Simulation;

/// <summary>Mistakes with work that kills its leaders.</summary>
internal static class TakeOverMutants
{
    private const string Guard = "Election/TakeOverGuard.cs";
    private const string Keeper = "Election/Notes/NoteKeeper.cs";
    private const string Candidacy = "Election/Candidacy.cs";
    private const string NoWait = "!settings.TakeOverBackoff || Count < Suspicious || memory";
    private const string Wait = "return wait < LongestWait ? wait : LongestWait;";
    private const string Counting = "memory.IsOurs || Count == int.MaxValue ? Count : Count + 1;";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("the wait grows without end", new MutantEdit(Guard, Wait, "return wait;")),
        new("every wait is the same", new MutantEdit(Guard, Wait, "return settings.LeaseDuration;")),
        new("nobody waits", new MutantEdit(Guard, NoWait, "Count >= 0 || memory")),
        new("one more is let pass", new MutantEdit(Guard, NoWait, "!settings.TakeOverBackoff || Count <= Suspicious || memory")),
        new("who was not asked to waits, too", new MutantEdit(Guard, NoWait, "Count < Suspicious || memory")),
        new(
            "who does not wait does not count",
            new MutantEdit(
                Guard, "if (!settings.CountTakeOvers ||", "if (settings is not { CountTakeOvers: true, TakeOverBackoff: true } ||")),
        new(
            "the wait begins when the holder last took over",
            new MutantEdit(Guard, "+ TimeSpan.FromSeconds(view.Latest!.Record.LeaseDurationSeconds ?? 0) +", "+")),
        new("who was released is counted", new MutantEdit(Guard, "memory.Holder is null)", "memory.View.Latest is null)")),
        new("each row begins anew", new MutantEdit(Guard, Counting, "1;")),
        new("who takes its own lease again is counted", new MutantEdit(Guard, Counting, "Count == int.MaxValue ? Count : Count + 1;")),
        new(
            "who takes its own lease again begins anew",
            new MutantEdit(Guard, Counting, "Count == int.MaxValue ? Count : memory.IsOurs ? 0 : Count + 1;")),
        new("a count without end", new MutantEdit(Guard, Counting, "memory.IsOurs ? Count : Count + 1;")),
        new("a count beyond all measure is reckoned with", new MutantEdit(Guard, "Math.Min(count - Suspicious, 16)", "count - Suspicious")),
        new("nothing is ever forgotten", new MutantEdit(Guard, "_isForgetting = Count > 0 &&", "_isForgetting = Count < 0 &&")),
        new(
            "all is forgotten at once",
            new MutantEdit(Guard, "(held, turn.Instant + (settings.LeaseDuration * Lasting))", "(held, turn.Instant)")),
        new(
            "what the server refuses is said again",
            new MutantEdit(Keeper, "_isNextUnchanged = _hasChanged &&", "_isNextUnchanged = !_hasChanged &&")),
        new(
            "a proof of death ends the wait",
            new MutantEdit(Candidacy, "guard.Until > view.FreeAt ?", "guard.Until > view.FreeAt && view.FreeAt > TimeSpan.MinValue ?")),
    ];
}
