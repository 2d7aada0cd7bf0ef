using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;

namespace LeaseElection.Testing.Electors;

/// <summary>An elector as a process of its own. What it prints is kept in a file, so nothing is lost when it is killed.</summary>
internal sealed class ElectorProcess : IAsyncDisposable
{
    /// <summary>For failure only.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly GuardedProcess _process;
    private readonly string _log;
    private int _collected;

    private ElectorProcess(string identity, GuardedProcess process, string log)
    {
        Identity = identity;
        _process = process;
        _log = log;
    }

    public string Identity { get; }

    /// <summary>The process itself.</summary>
    public GuardedProcess Process => _process;

    /// <summary>What it has said so far, without a line that is only half written.</summary>
    public IReadOnlyList<string> Lines => File.ReadAllText(_log).Split('\n')[..^1];

    /// <param name="identity">What it is called.</param>
    /// <param name="command">The program, and its arguments.</param>
    public static async Task<ElectorProcess> StartAsync(string identity, IReadOnlyList<string> command)
    {
        string log = Path.GetTempFileName();
        return new ElectorProcess(identity, await GuardedProcess.StartAsync(command[0], command.Skip(1), log), log);
    }

    /// <summary>Hands what it has said since the last time to the journal.</summary>
    public void Collect(WorkJournal journal)
    {
        foreach (string line in Lines.Skip(_collected))
        {
            journal.Read(line);
            _collected++;
        }
    }

    /// <summary>Waits until it has read the lease and found this leader.</summary>
    public async Task SeesAsync(string leader)
    {
        try
        {
            await Polling.UntilAsync(() => Task.FromResult(Lines.Contains("sees " + leader)), Patience);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{Identity} has said only:\n{string.Join('\n', Lines)}", exception);
        }
    }

    /// <summary>Waits until one of client-go's has written once more and knows it; it sleeps then.</summary>
    public Task WritesAsync()
    {
        int before = Writes();
        return Polling.UntilAsync(() => Task.FromResult(Writes() > before), Patience);
    }

    /// <summary>Asks it to end, as a kubelet does, and returns what it has said until its end.</summary>
    public Task<IReadOnlyList<string>> TerminateAsync()
    {
        _process.Send(UnixSignal.Terminate);
        return ExitedAsync();
    }

    /// <summary>Waits for its end and returns what it has said.</summary>
    public async Task<IReadOnlyList<string>> ExitedAsync()
    {
        await _process.Exited.WaitAsync(Patience);
        return Lines;
    }

    /// <summary>Kills it; its work ends with it.</summary>
    public async Task KillAsync(WorkJournal journal)
    {
        _process.Send(UnixSignal.Kill);
        await _process.Exited.WaitAsync(Patience);
        long now = WorkJournal.Now;
        Collect(journal);
        journal.Died(Identity, now);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        File.Delete(_log);
    }

    private int Writes() => Lines.Count(line => line.StartsWith("wrote ", StringComparison.Ordinal));
}
