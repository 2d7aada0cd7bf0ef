using LeaseElection.Soak.Checking;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Soak.Replicas;

/// <summary>One process of a replica, from its start to its end, with all that it has told.</summary>
internal sealed class Incarnation(string identity, GuardedProcess process, string journalFile, string vitalsFile, string logFile)
{
    private readonly LineReader _journalLines = new(journalFile);
    private readonly LineReader _vitalLines = new(vitalsFile);
    private readonly VitalLines _vitals = new();
    private readonly Task<TimeSpan> _gone = NoteEndOfAsync(process);

    public string Identity => identity;

    public GuardedProcess Process => process;

    /// <summary>What it has written to its streams.</summary>
    public string LogFile => logFile;

    public ElectionJournals Journals { get; } = new();

    /// <summary>When the nemesis had frozen it.</summary>
    public List<Span> Freezes { get; } = [];

    /// <summary>When it was gone: noted at once, whoever looks when.</summary>
    public TimeSpan? Gone => _gone.IsCompletedSuccessfully ? _gone.Result : null;

    /// <summary>Whether its end was taken note of.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>Whether it has come so far that it takes signals.</summary>
    public bool IsUp => !HasExited && _vitals.HasSpoken;

    public bool HasExited => process.Exited.IsCompleted;

    /// <summary>What it has written down since the last look.</summary>
    public VitalLines Refresh()
    {
        foreach (string line in _journalLines.ReadNew())
            Journals.Add(line);
        foreach (string line in _vitalLines.ReadNew())
            _vitals.Add(line);
        return _vitals;
    }

    /// <summary>Waits until it has ended, and reads its last words.</summary>
    public async Task<int> EndAsync()
    {
        await _gone;
        IsSettled = true;
        await process.DisposeAsync();
        Refresh();
        return await process.Exited;
    }

    private static async Task<TimeSpan> NoteEndOfAsync(GuardedProcess process)
    {
        await process.Exited.ConfigureAwait(false); // Whatever thread is free: the nemesis's may be busy.
        return SoakClock.Now;
    }
}
