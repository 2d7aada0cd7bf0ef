using System.Globalization;
using LeaseElection.Soak.Checking;

namespace LeaseElection.Hosting.Tests;

/// <summary>Writes a history as the replicas of the long run do, with seconds for timestamps, and has it checked.</summary>
internal sealed class SoakHistory
{
    public static readonly Rules Rules = new(LeaseDuration: Seconds(5), RenewDeadline: Seconds(3), Liveness: Seconds(10));

    private readonly Dictionary<string, ProcessJournal> _journals = [];
    private readonly Dictionary<string, TimeSpan> _gone = [];
    private readonly List<(string Identity, Span Span)> _pauses = [];
    private readonly List<Calm> _calms = [];

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>Lines such as <c>start 1.5 a 7</c>.</summary>
    public SoakHistory Lines(params IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string[] words = line.Split(' ');
            words[1] = ((long)(double.Parse(words[1], CultureInfo.InvariantCulture) * TimeProvider.System.TimestampFrequency))
                .ToString(CultureInfo.InvariantCulture);
            if (!_journals.TryGetValue(words[2], out ProcessJournal? journal))
                _journals[words[2]] = journal = new ProcessJournal();
            journal.Add(string.Join(' ', words));
        }

        return this;
    }

    public SoakHistory Gone(string identity, double at)
    {
        _gone[identity] = Seconds(at);
        return this;
    }

    public SoakHistory Paused(string identity, double from, double to)
    {
        _pauses.Add((identity, new Span(Seconds(from), Seconds(to))));
        return this;
    }

    public SoakHistory Calm(double from)
    {
        _calms.Add(new Calm(Seconds(from), "a fault"));
        return this;
    }

    public Verdict Check(double until = 20)
    {
        Assert.Empty(_journals.Values.SelectMany(journal => journal.Damage));
        WorkRun[] runs = [.. _journals.SelectMany(pair => pair.Value.Runs(_gone.GetValueOrDefault(pair.Key, Seconds(until))))];
        return HistoryChecker.Check(new History(runs, new Pauses(_pauses), _calms, Seconds(until)), Rules);
    }
}
