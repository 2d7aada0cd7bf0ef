using System.Collections.ObjectModel;

namespace LeaseElection.Hosting.Election.Notes;

/// <summary>
/// The notes of a lease at one instant, by key. Two that say the same are equal, so that a status is news only if it says something new.
/// </summary>
internal sealed class NoteTexts : ReadOnlyDictionary<string, string>
{
    private NoteTexts(SortedDictionary<string, string> texts)
        : base(texts)
    {
    }

    public static NoteTexts None { get; } = new([]);

    public static NoteTexts Of(IEnumerable<KeyValuePair<string, string>> texts)
    {
        SortedDictionary<string, string> sorted = new(StringComparer.Ordinal);
        foreach ((string key, string value) in texts)
            sorted[key] = value;
        return sorted.Count == 0 ? None : new NoteTexts(sorted);
    }

    public override bool Equals(object? obj) => ReferenceEquals(this, obj) || (obj is NoteTexts other && other.SequenceEqual(this));

    public override int GetHashCode() => this.Aggregate(Count, (hash, text) => HashCode.Combine(hash, text.Key, text.Value));

    public override string ToString() => string.Join(", ", this.Select(text => $"{text.Key}={text.Value}"));
}
