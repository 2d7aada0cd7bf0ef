using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace LeaseElection.Hosting.Leases.Files;

/// <summary>
/// The lease as a file: the JSON that <c>kubectl get lease -o json</c> shows. Our writes date the file by its resourceVersion, which
/// is a time in microseconds; a file dated otherwise was edited by hand, and that is a new version as well.
/// </summary>
internal sealed class LeaseFile(LeasePaths paths)
{
    // Far beyond any Lease, far below what hurts to read.
    private const int MaxBytes = 1024 * 1024;

    // The year 9000 in microseconds. A file can be dated until 9999-12-31, and versions grow from here: near to that end our own next write
    // would be one that nobody can read.
    private const long MaxVersion = 221_845_392_000_000_000;

    // Indented and unescaped for the person who reads it; the API server's dialect otherwise.
    private static readonly LeaseJsonContext Json = new(new JsonSerializerOptions(LeaseJsonContext.Default.Options)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The document as it is now, with its effective version; <see langword="null"/> when there is none.</summary>
    /// <exception cref="FileStoreException">The file is damaged.</exception>
    public LeaseDocument? Read()
    {
        FileStream file;
        try
        {
            file = new FileStream(
                paths.Lease, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        using (file)
        {
            DateTime modified = File.GetLastWriteTimeUtc(file.SafeFileHandle);
            LeaseDocument document = Parse(file);
            long version = EffectiveVersion(VersionOf(document.Metadata?.ResourceVersion), modified);
            if (version > MaxVersion)
                throw FileStoreException.Damaged(paths.Lease, $"it is dated {modified:u}, which is no time it can have been written at.");
            return WithVersion(document with { Metadata = document.Metadata ?? new LeaseMetadata() }, version);
        }
    }

    /// <summary>
    /// Writes the document, flushed to disk, to the temporary file; the reply is what readers will see once it is renamed. Nothing
    /// has happened to the lease yet.
    /// </summary>
    public LeaseDocument Prepare(LeaseDocument document, LeaseDocument? previous, DateTimeOffset now)
    {
        // The clock makes it grow over a deletion, the increment when the clock was set back.
        long version = Math.Max(previous is null ? 0 : VersionOf(previous) + 1, Microseconds(now.UtcDateTime));
        // A file system that dates coarsely adds one: what we write must be below the end, not at it.
        if (version >= MaxVersion)
            throw FileStoreException.Damaged(paths.Lease, $"metadata.resourceVersion '{Text(version)}' leaves no greater one to write.");
        document = WithVersion(document, version);
        using (FileStream file = new(paths.Temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(document, Json.LeaseDocument));
            File.SetLastWriteTimeUtc(file.SafeFileHandle, DateTime.UnixEpoch.AddTicks(version * TimeSpan.TicksPerMicrosecond));
            // Without it a power cut may leave the new name with an empty file behind it.
            file.Flush(flushToDisk: true);
        }
        // A file system may date more coarsely than we did; what it kept is what everybody will compare.
        return WithVersion(document, EffectiveVersion(version, File.GetLastWriteTimeUtc(paths.Temporary)));
    }

    /// <summary>Makes what was prepared the lease, at one instant.</summary>
    public void Commit() => File.Move(paths.Temporary, paths.Lease, overwrite: true);

    /// <summary>A version as a number; nothing is 0, so that a lease written by hand need not have one.</summary>
    public static bool TryParseVersion(string? resourceVersion, out long version)
    {
        version = 0;
        return string.IsNullOrEmpty(resourceVersion)
            || (long.TryParse(resourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out version) && version <= MaxVersion);
    }

    public static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    public static long VersionOf(LeaseDocument document) =>
        TryParseVersion(document.Metadata?.ResourceVersion, out long version) ? version : 0;

    private static LeaseDocument WithVersion(LeaseDocument document, long version) =>
        document with { Metadata = document.Metadata! with { ResourceVersion = Text(version) } };

    /// <summary>An edit may be dated before the version it changed: the kernel's clock for files lags by some milliseconds.</summary>
    private static long EffectiveVersion(long written, DateTime modified) =>
        Microseconds(modified) == written ? written : Math.Max(written + 1, Microseconds(modified));

    private static long Microseconds(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private long VersionOf(string? resourceVersion) => TryParseVersion(resourceVersion, out long version)
        ? version
        : throw FileStoreException.Damaged(
            paths.Lease, $"metadata.resourceVersion '{Excerpt.Of(resourceVersion!)}' is not a number up to {MaxVersion}.");

    private LeaseDocument Parse(FileStream file)
    {
        if (file.Length > MaxBytes)
            throw FileStoreException.Damaged(paths.Lease, $"it has {file.Length} bytes, which is no Lease.");
        LeaseDocument? document;
        try
        {
            byte[] json = new byte[file.Length];
            int length = file.ReadAtLeast(json, json.Length, throwOnEndOfStream: false);
            // Other people's fields are taken over unread: what is no text in them would be written back as something else.
            document = Utf8.IsValid(json.AsSpan(0, length))
                ? JsonSerializer.Deserialize(json.AsSpan(0, length), Json.LeaseDocument)
                : throw new JsonException("it is not UTF-8");
        }
        catch (JsonException e)
        {
            throw FileStoreException.Damaged(
                paths.Lease, file.Length == 0 ? "it is empty." : $"it is no Lease in JSON ({Excerpt.Of(e.Message)})", e);
        }
        return document is { Kind: "Lease" } && document.ApiVersion?.StartsWith("coordination.k8s.io/", StringComparison.Ordinal) == true
            ? document
            : throw FileStoreException.Damaged(paths.Lease, "it is JSON, but no Lease of coordination.k8s.io.");
    }
}
