using System.Text;

namespace LeaseElection.Soak.Replicas;

/// <summary>
/// A file to which lines are appended, each with one write(): a process that is killed in the next instant has written it.
/// </summary>
internal sealed class LineFile(string path) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    public void Write(params IEnumerable<object> lines)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{line}\n")));
        lock (_gate)
            _file.Write(bytes);
    }

    public void Dispose() => _file.Dispose();
}
