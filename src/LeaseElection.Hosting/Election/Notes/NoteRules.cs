using System.Globalization;
using System.Text;

namespace LeaseElection.Hosting.Election.Notes;

/// <summary>What a note may be called, and how long it may be.</summary>
internal static class NoteRules
{
    /// <summary>What Kubernetes allows for the part of an annotation's name after the slash.</summary>
    public const int LongestKey = 63;

    /// <summary>The most bytes of one value, in UTF-8.</summary>
    public const int LongestValue = 4 * 1024;

    /// <summary>
    /// The most bytes of all notes of a lease together, keys and values, in UTF-8: each renewal sends, and each watch brings, all of them.
    /// </summary>
    public const int MostBytes = 16 * 1024;

    /// <summary>By which a term says where its process runs.</summary>
    public const string ContainerKey = "container";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static int BytesOf(string key, string value) => Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);

    /// <exception cref="ArgumentException">One of them is not allowed.</exception>
    public static void Check(string key, string? value, NoteLife life)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!IsKey(key))
        {
            throw new ArgumentException(
                $"The note key '{key}' is not allowed: it must be 1 to {LongestKey} characters of A-Z, a-z, 0-9, '-', '_' "
                + "and '.', and begin and end with a letter or digit, because it is part of an annotation's name. Choose one "
                + "like 'last-batch'.",
                nameof(key));
        }

        if (TakenFor(key) is { } purpose)
            throw new ArgumentException($"The note key '{key}' is taken: {purpose}. Choose another one.", nameof(key));

        if (value is not null)
            CheckValue(key, value);
        if (!Enum.IsDefined(life))
            throw new ArgumentOutOfRangeException(nameof(life), life, $"The life of note '{key}' must be NoteLife.Lease or NoteLife.Term.");
    }

    /// <summary>There is no room for it on the lease.</summary>
    public static ArgumentException TooMuch(string key, string value, string lease) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"With note '{key}' of {BytesOf(key, value)} bytes the notes of lease {lease} would be longer than {MostBytes} bytes "
            + $"together: keys and values of all its notes, in UTF-8. Remove notes that nobody reads "
            + $"(WriteNoteAsync(key, null)), or keep the data elsewhere and note where."),
        nameof(value));

    /// <summary>What is written there beside the app: what it writes over would be missed by no one until a leader crashes.</summary>
    private static string? TakenFor(string key) => key switch
    {
        TakeOverGuard.Key => "the library counts crashes of leaders by it",
        ContainerKey => "with Kubernetes:TakeOverFromTerminated the library says there which container leads, for others to see it end",
        _ => null,
    };

    private static void CheckValue(string key, string value)
    {
        int bytes;
        try
        {
            bytes = Strict.GetByteCount(value);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException(
                $"The value of note '{key}' is no text: it holds half a character (a surrogate without its other half). Encode "
                + "binary data, as with Convert.ToBase64String.", nameof(value), e);
        }

        if (bytes > LongestValue)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The value of note '{key}' is {bytes} bytes long in UTF-8; {LongestValue} are allowed. Keep the data "
                    + $"elsewhere and note where."),
                nameof(value));
        }
    }

    private static bool IsKey(string key) =>
        key.Length is > 0 and <= LongestKey
        && char.IsAsciiLetterOrDigit(key[0]) && char.IsAsciiLetterOrDigit(key[^1])
        && key.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');
}
