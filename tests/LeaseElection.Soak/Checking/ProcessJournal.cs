using LeaseElection.Testing.Journal;

namespace LeaseElection.Soak.Checking;

/// <summary>
/// What the work of one process wrote down, read back line by line while it is written. A process that is killed may leave half a line
/// behind; a line that is none anywhere else is damage.
/// </summary>
internal sealed class ProcessJournal
{
    private readonly List<WorkRun> _ended = [];
    private readonly List<string> _damage = [];
    private List<GuardedAct> _acts = [];
    private WorkLine? _start;
    private WorkLine? _look;

    /// <summary>The term whose work runs, as far as it was told.</summary>
    public WorkLine? Running => _start;

    /// <summary>What no process may write.</summary>
    public IReadOnlyList<string> Damage => _damage;

    /// <summary>Takes in one whole line.</summary>
    public void Add(string text)
    {
        if (WorkLine.Parse(text) is not { } line)
            _damage.Add($"no line of a journal: '{text}'");
        else if (line.Kind == WorkLine.Start)
            Start(line);
        else if (_start is null || _start.Token != line.Token || _start.Identity != line.Identity)
            _damage.Add($"no such work runs: '{text}'");
        else if (line.Kind == WorkLine.Look)
            _look = line;
        else if (line.Kind == WorkLine.Act)
            Act(line);
        else if (line.Kind == WorkLine.End)
            End(TimeOf(line));
    }

    /// <summary>All runs, when the process is gone.</summary>
    /// <param name="gone">When it was: that is the end of what ran then.</param>
    public IReadOnlyList<WorkRun> Runs(TimeSpan gone) => _start is { } start ? [.. _ended, RunOf(start, gone)] : _ended;

    private static TimeSpan TimeOf(WorkLine line) => TimeProvider.System.GetElapsedTime(0, line.At);

    private void Start(WorkLine line)
    {
        if (_start is not null)
            _damage.Add($"work begins while {_start} runs: '{line}'");
        _start = line;
        _look = null;
        _acts = [];
    }

    private void Act(WorkLine line)
    {
        if (_look is { } look)
            _acts.Add(new GuardedAct(TimeOf(look), TimeOf(line)));
        else
            _damage.Add($"an act without a look: '{line}'");
        _look = null;
    }

    private void End(TimeSpan at)
    {
        _ended.Add(RunOf(_start!, at));
        _start = null;
    }

    private WorkRun RunOf(WorkLine start, TimeSpan end) => new(start.Identity, start.Token, TimeOf(start), end, _acts);
}
