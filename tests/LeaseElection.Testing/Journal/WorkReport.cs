namespace LeaseElection.Testing.Journal;

/// <summary>What a journal comes to.</summary>
/// <param name="Terms">How many pieces of work began.</param>
/// <param name="HandOvers">How often another than before led next.</param>
/// <param name="LongestGap">The longest time in which nobody worked, between the first start and the last.</param>
/// <param name="Offences">
/// What must not be: overlaps, tokens that do not grow, acts after a successor's start. Empty in a sound journal.
/// </param>
public sealed record WorkReport(int Terms, int HandOvers, TimeSpan LongestGap, IReadOnlyList<string> Offences);
