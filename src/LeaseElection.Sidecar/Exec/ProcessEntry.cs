using System.Globalization;

namespace LeaseElection.Sidecar.Exec;

/// <summary>A process as <c>/proc</c> shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Parent">That of its parent.</param>
/// <param name="Group">Its process group.</param>
/// <param name="Session">Its session.</param>
/// <param name="HasEnded">It runs no more and waits to be reaped.</param>
internal readonly record struct ProcessEntry(int Id, int Parent, int Group, int Session, bool HasEnded)
{
    private const int NoSuchProcess = 3;

    /// <summary>The session of this process. It does not change.</summary>
    public static int OwnSession { get; } = Read(Environment.ProcessId)!.Value.Session;

    /// <summary>Every process that we may see.</summary>
    /// <exception cref="IOException">The table cannot be read: no file descriptor is left.</exception>
    public static List<ProcessEntry> ReadAll()
    {
        List<ProcessEntry> all = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && Read(id) is { } entry)
                all.Add(entry);
        }

        return all;
    }

    /// <summary><see langword="null"/>: there is none.</summary>
    public static ProcessEntry? Read(int id)
    {
        try
        {
            return Parse(id, File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat")));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException
            || exception is IOException { HResult: NoSuchProcess })
        {
            return null; // It ended while we looked, or is somebody else's. Any other failure proves nothing.
        }
    }

    /// <summary>
    /// The name, in brackets, may hold anything; after it: state, parent, group, session, …, the number of threads as 18th.
    /// </summary>
    internal static ProcessEntry Parse(int id, string stat)
    {
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

        // A program whose first thread has ended looks like one that has ended, while its other threads go on.
        bool hasEnded = fields[0] is "Z" or "X" && Number(fields[17]) <= 1;
        return new ProcessEntry(id, Number(fields[1]), Number(fields[2]), Number(fields[3]), hasEnded);
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
