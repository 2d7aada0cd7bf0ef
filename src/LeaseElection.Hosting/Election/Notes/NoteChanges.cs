using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election.Notes;

/// <summary>What one write changes of the notes on a lease.</summary>
/// <param name="current">The version that is replaced; <see langword="null"/>: the lease is created.</param>
/// <param name="record">The record that the write makes of it.</param>
internal sealed class NoteChanges(Lease? current, LeaseRecord record)
{
    private readonly IReadOnlyDictionary<string, string> _present = current?.ReadAnnotations() ?? new Dictionary<string, string>();
    private readonly Dictionary<string, string?> _annotations = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string?> Annotations => _annotations;

    /// <summary>A key has one note: to say it with another life takes the first one away.</summary>
    public void Put(string key, string? value, NoteLife life)
    {
        Set(NoteAnnotations.OfLease + key, life == NoteLife.Lease ? value : null);
        Set(NoteAnnotations.OfTerm + key, life == NoteLife.Term && value is not null ? NoteAnnotations.MarkOf(record) + value : null);
    }

    /// <summary>Takes away what terms have said of themselves.</summary>
    public void ClearTerms()
    {
        foreach (string name in _present.Keys.Where(name => name.StartsWith(NoteAnnotations.OfTerm, StringComparison.Ordinal)))
            _annotations[name] = null;
    }

    private void Set(string name, string? value)
    {
        if (value is not null || _present.ContainsKey(name))
            _annotations[name] = value;
        else
            _annotations.Remove(name);
    }
}
