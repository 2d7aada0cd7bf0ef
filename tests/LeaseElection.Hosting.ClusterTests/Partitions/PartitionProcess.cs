using System.Globalization;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;

namespace LeaseElection.Hosting.ClusterTests.Partitions;

/// <summary>A <see cref="PartitionProgram"/> as its parent sees it.</summary>
internal sealed class PartitionProcess : IAsyncDisposable
{
    private readonly IReadOnlyList<WorkJournal> _journals;
    private readonly string _log;
    private readonly GuardedProcess _process;
    private long _read;

    private PartitionProcess(string identity, IReadOnlyList<WorkJournal> journals, string log, GuardedProcess process)
    {
        Identity = identity;
        _journals = journals;
        _log = log;
        _process = process;
    }

    public string Identity { get; }

    public static async Task<PartitionProcess> StartAsync(
        string folder, string identity, IEnumerable<string> settings, IReadOnlyList<WorkJournal> journals)
    {
        string log = Path.Combine(folder, identity);
        string[] arguments = [.. settings.Append($"Identity={identity}").Select(setting => $"--LeaderElection:{setting}")];
        GuardedProcess process = await GuardedProcess.StartAsync(
            "dotnet", [typeof(PartitionProcess).Assembly.Location, PartitionProgram.Command, .. arguments], log);
        return new PartitionProcess(identity, journals, log, process);
    }

    /// <summary>Stops it as the kubelet does, or kills it, and notes when its work had ended.</summary>
    public async Task EndAsync(UnixSignal signal)
    {
        _process.Send(signal);
        await _process.Exited.WaitAsync(TimeSpan.FromSeconds(60));
        long at = WorkJournal.Now;
        Read();
        foreach (WorkJournal journal in _journals)
            journal.Died(Identity, at);
    }

    /// <summary>Takes in what it has written meanwhile.</summary>
    public void Read()
    {
        using var file = new FileStream(_log, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        file.Position = _read;
        using var reader = new StreamReader(file);
        string text = reader.ReadToEnd();
        int end = text.LastIndexOf('\n') + 1; // What follows is half a line.
        _read += System.Text.Encoding.UTF8.GetByteCount(text.AsSpan(0, end));
        foreach (string line in text[..end].Split('\n'))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && int.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                _journals[index].Read(line[(space + 1)..]);
        }
    }

    /// <summary>What it has logged beside its journal, for a failure. Who has just been started has no file yet.</summary>
    public string Logged() => $"{Identity}:\n" + string.Join(
        '\n', (File.Exists(_log) ? File.ReadLines(_log) : []).Where(line => !char.IsAsciiDigit(line.FirstOrDefault('0'))).TakeLast(30));

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
