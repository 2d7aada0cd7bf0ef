using System.Text;
using LeaseElection.Hosting;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Testing.Journal;

/// <summary>A process that writes a journal of its work, as its parent sees it: its signals, and what it writes.</summary>
internal class JournaledProcess(string identity, WorkJournal journal, string log, GuardedProcess process) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Signal.Patience;

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private long _read;

    public string Identity { get; } = identity;

    public void Send(UnixSignal signal) => process.Send(signal);

    public Task PauseAsync() => process.PauseAsync();

    /// <summary>Waits until the process has ended, and notes that its work has, too.</summary>
    public async Task<int> ExitedAsync()
    {
        int code = await process.Exited.WaitAsync(Patience);
        long at = WorkJournal.Now;
        Read();
        journal.Died(Identity, at);
        return code;
    }

    /// <summary>Waits for a line that begins so, and returns its further words.</summary>
    /// <param name="word">How it begins.</param>
    /// <param name="which">What its further words are, if there may have been others.</param>
    public async Task<string[]> SaysAsync(string word, Func<string[], bool>? which = null)
    {
        string[]? said = null;
        await Polling.UntilAsync(
            () =>
            {
                Read();
                lock (_lock)
                {
                    said = _lines
                        .Where(line => line.StartsWith(word + " ", StringComparison.Ordinal))
                        .Select(line => line.Split(' ')[1..])
                        .FirstOrDefault(words => which?.Invoke(words) ?? true);
                }

                return Task.FromResult(said is not null);
            },
            Patience,
            () => $"{Identity} to say {word}; it said:\n{string.Join('\n', Tail())}");
        return said!;
    }

    /// <summary>Waits until its work runs.</summary>
    public async Task<WorkSpan> WorksAsync(FencingToken after = default)
    {
        WorkSpan? work = null;
        await Polling.UntilAsync(
            () =>
            {
                Read();
                work = journal.Spans.FirstOrDefault(span => span.Identity == Identity && span.Token > after);
                return Task.FromResult(work is not null);
            },
            Patience,
            () => $"{Identity} to work; it said:\n{string.Join('\n', Tail())}");
        return work!;
    }

    /// <summary>When work of it had ended; <see langword="null"/>: it has not, as far as was read.</summary>
    public long? EndOf(WorkSpan work) => journal.Spans.Single(span => span.Identity == Identity && span.Token == work.Token).End;

    /// <summary>Takes in what it has written meanwhile.</summary>
    public void Read()
    {
        lock (_lock)
        {
            using var file = new FileStream(log, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
            file.Position = _read;
            using var reader = new StreamReader(file);
            string text = reader.ReadToEnd();
            int end = text.LastIndexOf('\n') + 1; // What follows is half a line.
            _read += Encoding.UTF8.GetByteCount(text[..end]);
            foreach (string line in text[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!journal.Read(line))
                    _lines.Add(line);
            }
        }
    }

    public virtual ValueTask DisposeAsync() => process.DisposeAsync();

    private string[] Tail()
    {
        lock (_lock)
            return [.. _lines.TakeLast(20)];
    }
}
