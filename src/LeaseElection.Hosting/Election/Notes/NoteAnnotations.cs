using System.Globalization;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election.Notes;

/// <summary>
/// How notes stand on a lease: <c>note.leaseelection.dev/{key}</c> for those that stay, <c>term.leaseelection.dev/{key}</c> for those of a
/// term. The latter begin with when their term began and whose it is, because other electors take over and leave annotations as they are:
/// they are shown beside exactly that holder and that acquireTime.
/// </summary>
internal static class NoteAnnotations
{
    public const string OfLease = "note.leaseelection.dev/";
    public const string OfTerm = "term.leaseelection.dev/";

    /// <summary>Whether there are any. Allocates nothing, which is all that leases without notes ever come to.</summary>
    public static bool AreOn(Lease? lease) =>
        lease is not null && (lease.HasAnnotation("note.leaseelection.dev/"u8) || lease.HasAnnotation("term.leaseelection.dev/"u8));

    /// <summary>What is to be seen of a lease's notes. A note of the present term comes before one of the lease.</summary>
    public static NoteTexts Read(Lease? lease)
    {
        if (!AreOn(lease))
            return NoteTexts.None;
        IReadOnlyDictionary<string, string> all = lease!.ReadAnnotations();
        Dictionary<string, string> notes = [];
        AddTo(notes, all, OfLease, mark: "");
        if (MarkOf(lease.Record) is { } mark)
            AddTo(notes, all, OfTerm, mark);
        return NoteTexts.Of(notes);
    }

    /// <summary>What the present term says by one key; <see langword="null"/>: nothing.</summary>
    public static string? ReadOfTerm(Lease? lease, string key) =>
        AreOn(lease) && MarkOf(lease!.Record) is { } mark && lease.ReadAnnotations().TryGetValue(OfTerm + key, out string? value)
            ? TextBehind(mark, value) : null;

    /// <summary>
    /// What the value of a term's note begins with; <see langword="null"/>: nobody has a term. The holder is part of it, because whoever
    /// edits that by hand leaves acquireTime as it was; escaped, so that a space in it does not read as its end.
    /// </summary>
    public static string? MarkOf(LeaseRecord record) => record is { HasHolder: true, AcquireTime: { } since }
        ? since.UtcDateTime.ToString(MicroTime.Format, CultureInfo.InvariantCulture) + $" {Uri.EscapeDataString(record.HolderIdentity!)} "
        : null;

    private static void AddTo(Dictionary<string, string> notes, IReadOnlyDictionary<string, string> annotations, string prefix, string mark)
    {
        foreach ((string name, string value) in annotations)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && TextBehind(mark, value) is { } text)
                notes[name[prefix.Length..]] = text;
        }
    }

    private static string? TextBehind(string mark, string value) =>
        value.StartsWith(mark, StringComparison.Ordinal) ? value[mark.Length..] : null;
}
