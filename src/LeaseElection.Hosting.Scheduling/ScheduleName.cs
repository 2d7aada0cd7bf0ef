using System.Buffers;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>What a schedule may be called: it is the key of a note, so of an annotation, and that of a section.</summary>
internal static class ScheduleName
{
    /// <summary>The key of the note is that much longer, and may have 63 characters.</summary>
    public const int MostLength = 63 - 9;

    private const string Prefix = "schedule.";

    private static readonly SearchValues<char> Inner =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>The rule, as the end of the sentence "… but must have".</summary>
    public const string Rule = "1 to 54 letters, digits, '-', '_' and '.', the first and the last of them a letter or a digit";

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MostLength
        && !name.AsSpan().ContainsAnyExcept(Inner) && !name.Contains("__", StringComparison.Ordinal)
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]);

    public static string NoteOf(string name) => Prefix + name;

    /// <summary>For a type: its name, without what the compiler adds to that of a generic one.</summary>
    public static string Of(Type type) => type.Name.Split('`')[0];

    /// <summary>For work that has no name of its own: its expression, <c>*/5 * * * *</c> being <c>every-x.5-x-x-x-x</c>.</summary>
    public static string Of(string cron)
    {
        string readable = string.Concat(cron.Trim().Select(c => c switch
        {
            '*' or '?' => 'x',
            '/' => '.',
            ' ' or '\t' => '-',
            _ when Inner.Contains(c) => c,
            _ => '_',
        }));
        readable = "every-" + readable;
        return (readable.Length > MostLength ? readable[..MostLength] : readable).TrimEnd('-', '_', '.');
    }
}
