using LeaseElection.Hosting;
using Xunit;

namespace LeaseElection.Testing.Journal;

/// <summary>
/// Who worked when, and with which fencing token: the proof that nobody ever led beside another. Hosts of this process write to it
/// directly; other processes write lines (<see cref="StartLine"/>, <see cref="EndLine"/>, <see cref="ActLine"/>) that their parent hands to
/// <see cref="Read"/>. Timestamps are those of <see cref="TimeProvider.System"/>, one clock for the whole machine.
/// </summary>
public sealed class WorkJournal
{
    private readonly Lock _lock = new();
    private readonly List<WorkSpan> _spans = [];
    private readonly List<(string Identity, FencingToken Token, long At)> _acts = [];
    private readonly Signal _signal = new();

    /// <summary>All work so far, in the order of its start.</summary>
    public IReadOnlyList<WorkSpan> Spans
    {
        get
        {
            lock (_lock)
                return [.. _spans.OrderBy(span => span.Start)];
        }
    }

    /// <summary>The timestamp that all entries are made of.</summary>
    public static long Now => TimeProvider.System.GetTimestamp();

    public static string StartLine(LeadershipTerm term) => WorkLine.Of(WorkLine.Start, term).ToString();

    public static string EndLine(LeadershipTerm term) => WorkLine.Of(WorkLine.End, term).ToString();

    /// <summary>
    /// Something that a leader did, and when it had last looked whether it leads: it may be stopped between look and act.
    /// </summary>
    public static string ActLine(LeadershipTerm term, long lookedAt) => (WorkLine.Of(WorkLine.Act, term) with { At = lookedAt }).ToString();

    /// <summary>Takes a line in, if it is one of a journal.</summary>
    public bool Read(string line)
    {
        if (WorkLine.Parse(line) is not { } told)
            return false;
        switch (told.Kind)
        {
            case WorkLine.Start:
                Start(told.Identity, told.Token, told.At);
                return true;
            case WorkLine.End:
                End(told.Identity, told.Token, told.At);
                return true;
            case WorkLine.Act:
                Act(told.Identity, told.Token, told.At);
                return true;
            default:
                return true;
        }
    }

    public void Start(string identity, FencingToken token, long at)
    {
        lock (_lock)
            _spans.Add(new WorkSpan(identity, token, at, End: null));
        _signal.Pulse();
    }

    public void End(string identity, FencingToken token, long at)
    {
        lock (_lock)
        {
            int index = _spans.FindLastIndex(span => span.Identity == identity && span.Token == token && span.End is null);
            if (index < 0)
                throw new InvalidOperationException($"{identity} ends a term {token} that it did not begin.");
            _spans[index] = _spans[index] with { End = at };
        }

        _signal.Pulse();
    }

    public void Act(string identity, FencingToken token, long at)
    {
        lock (_lock)
            _acts.Add((identity, token, at));
        _signal.Pulse();
    }

    /// <summary>A process was gone at this time, and its work with it.</summary>
    public void Died(string identity, long at)
    {
        lock (_lock)
        {
            for (int i = 0; i < _spans.Count; i++)
            {
                if (_spans[i].Identity == identity && _spans[i].End is null)
                    _spans[i] = _spans[i] with { End = at };
            }
        }

        _signal.Pulse();
    }

    /// <summary>Does work that lasts until it is told to stop, and notes both ends: for <c>AddWork</c>.</summary>
    public Task WorkAsync(LeadershipTerm term, CancellationToken stoppingToken) => WorkAsync(term, drain: null, stoppingToken);

    /// <summary>Does work that, told to stop, has something left to do.</summary>
    public async Task WorkAsync(LeadershipTerm term, Func<Task>? drain, CancellationToken stoppingToken)
    {
        Start(term.Identity, term.FencingToken, Now);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stoppingToken.UnsafeRegister(_ => told.SetResult(), null))
            await told.Task;
        if (drain is not null)
            await drain();
        End(term.Identity, term.FencingToken, Now);
    }

    /// <summary>Waits until somebody's work has begun that satisfies the condition.</summary>
    public async Task<WorkSpan> WaitForAsync(Func<WorkSpan, bool> condition, string what)
    {
        await _signal.WaitUntilAsync(() => Spans.Any(condition), () => $"{what}; noted:\n" + string.Join('\n', Spans));
        return Spans.First(condition);
    }

    /// <summary>Adds up what was noted. Work that still runs lasts for ever.</summary>
    /// <param name="pausedIdentity">
    /// Whose spans may overlap others': a process that was stopped in the middle of its work notes the end when it is woken. Its acts
    /// count all the same.
    /// </param>
    public WorkReport Report(string? pausedIdentity = null)
    {
        IReadOnlyList<WorkSpan> spans = Spans;
        var offences = new List<string>();
        long busyUntil = 0;
        TimeSpan longestGap = TimeSpan.Zero;
        int handOvers = 0;
        for (int i = 0; i < spans.Count; i++)
        {
            WorkSpan span = spans[i];
            for (int j = 0; j < i; j++)
            {
                TimeSpan overlap = span.OverlapWith(spans[j]);
                if (overlap != TimeSpan.Zero && spans[j].Identity != pausedIdentity)
                    offences.Add($"{spans[j]} and {span} overlap by {(overlap < TimeSpan.Zero ? "all that is left" : overlap)}");
            }

            if (i > 0 && span.Token <= spans[i - 1].Token)
                offences.Add($"the token of {span} is not greater than that of {spans[i - 1]}");
            if (i > 0 && span.Identity != spans[i - 1].Identity)
                handOvers++;
            if (i > 0 && span.Start > busyUntil)
                longestGap = Max(longestGap, TimeProvider.System.GetElapsedTime(busyUntil, span.Start));
            busyUntil = Math.Max(busyUntil, span.End ?? long.MaxValue);
        }

        offences.AddRange(LateActs(spans));
        return new WorkReport(spans.Count, handOvers, longestGap, offences);
    }

    /// <summary>
    /// Fails the test unless no two pieces of work overlapped, tokens grew, and nobody acted after his successor's start.
    /// </summary>
    public WorkReport AssertSound(string? pausedIdentity = null)
    {
        WorkReport report = Report(pausedIdentity);
        Assert.True(report.Offences.Count == 0, string.Join('\n', report.Offences));
        return report;
    }

    private IEnumerable<string> LateActs(IReadOnlyList<WorkSpan> spans)
    {
        lock (_lock)
        {
            return
            [
                .. from act in _acts
                   from span in spans
                   where span.Token > act.Token && act.At > span.Start
                   select $"{act.Identity} acted with token {act.Token} after {span} had begun",
            ];
        }
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
