namespace LeaseElection.Hosting.Election.Notes;

/// <summary>One note that a term wants to say. Told apart by reference: the same may be said twice.</summary>
/// <param name="term">The term that says it.</param>
/// <param name="key">By what name.</param>
/// <param name="value">What; <see langword="null"/>: nothing any more.</param>
/// <param name="life">How long it stays.</param>
internal class NoteWrite(TermFacts term, string key, string? value, NoteLife life)
{
    public TermFacts Term => term;

    public string Key => key;

    public string? Value => value;

    public NoteLife Life => life;
}
