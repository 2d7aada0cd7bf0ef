using System.Text;

namespace LeaseElection.Soak.Replicas;

/// <summary>Reads the lines of a file that another process is writing; what has no end of line yet is left for the next time.</summary>
internal sealed class LineReader(string path)
{
    private long _position;

    public IReadOnlyList<string> ReadNew()
    {
        if (!File.Exists(path))
            return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = _position;
        byte[] bytes = new byte[file.Length - _position];
        int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        int end = Array.LastIndexOf(bytes, (byte)'\n', read - 1) + 1;
        _position += end;
        return Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
