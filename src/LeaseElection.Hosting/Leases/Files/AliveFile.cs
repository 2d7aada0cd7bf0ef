using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace LeaseElection.Hosting.Leases.Files;

/// <summary>
/// A file whose lock this process keeps for as long as it may run work. Whoever obtains that lock has the proof that the process is
/// gone (design 5, rule 16); a stopped process keeps it. A file that is missing proves nothing: somebody may have tidied the folder.
/// </summary>
internal sealed class AliveFile
{
    private const string Suffix = ".alive";
    private const int IdLength = 32;

    /// <summary>
    /// Every file that is held. Without it the garbage collector would close, and so unlock, the file of a store that was dropped
    /// while its work still runs.
    /// </summary>
    private static readonly ConcurrentDictionary<string, AliveFile> Held = new(StringComparer.Ordinal);

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly FileLock _lock;
    private volatile bool _isLeft;

    private AliveFile(string name, FileLock @lock)
    {
        Name = name;
        _lock = @lock;
    }

    public string Name { get; }

    /// <summary>
    /// Whether <paramref name="fileName"/> is one that <see cref="Create"/> could have made: no path, nothing but our form.
    /// </summary>
    public static bool IsName(string fileName) =>
        fileName.Length == IdLength + Suffix.Length
        && fileName.EndsWith(Suffix, StringComparison.Ordinal)
        && !fileName.AsSpan(0, IdLength).ContainsAnyExcept(HexDigits);

    /// <summary>Whether this process holds such a file: nobody needs to ask whether it lives.</summary>
    public static bool IsHeldHere(string name) => Held.ContainsKey(name);

    /// <summary>
    /// Makes the file and takes its lock. The caller has the lease's lock, so that <see cref="DeleteOrphans"/> is not at work.
    /// </summary>
    public static AliveFile Create(string folder)
    {
        string name = Guid.NewGuid().ToString("N") + Suffix;
        string path = Path.Combine(folder, name);
        FileLock taken = FileLock.TryTake(path, FileMode.CreateNew)
            ?? throw FileStoreException.LockingDoesNotWork(path, "a file nobody else knows was locked");
        AliveFile file = new(name, taken);
        Held.TryAdd(name, file);
        // For the person who finds the file and wonders.
        string note = string.Create(
            CultureInfo.InvariantCulture, $"Locked by process {Environment.ProcessId} as long as it lives and may lead. Do not delete.\n");
        taken.File.Write(Encoding.UTF8.GetBytes(note));
        return file;
    }

    /// <summary>
    /// Deletes the files of processes that are gone, and those that this process has left, except the one the lease names: that is the
    /// proof another standby may still need. The caller has the lease's lock.
    /// </summary>
    public static void DeleteOrphans(string folder, string? named)
    {
        try
        {
            foreach (string path in Directory.EnumerateFiles(folder, "*" + Suffix))
            {
                string name = Path.GetFileName(path);
                if (name == named || !IsName(name))
                    continue;
                if (Held.TryGetValue(name, out AliveFile? here) && here._isLeft)
                    here.Close();
                else if (FileLock.TryTake(path, FileMode.Open) is { } orphan)
                    Delete(orphan);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FileStoreException)
        {
            // Housekeeping, after a write that has succeeded: the next one that takes the lease tries again.
        }
    }

    /// <summary>Nobody needs it any more but who reads of it in the lease.</summary>
    public void Leave() => _isLeft = true;

    /// <summary>Gives the lock up and deletes the file. Only when the lease does not name it any more.</summary>
    public void Close()
    {
        Held.TryRemove(Name, out _);
        try
        {
            Delete(_lock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next one that takes the lease deletes it.
        }
    }

    private static void Delete(FileLock taken)
    {
        string path = taken.File.Name;
        taken.Dispose();
        File.Delete(path);
    }
}
