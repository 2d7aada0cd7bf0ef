using System.Globalization;
using LeaseElection.Soak.Checking;
using LeaseElection.Soak.Nemesis;
using LeaseElection.Soak.Replicas;

namespace LeaseElection.Soak;

/// <summary>What a run comes to, for a person to read.</summary>
internal sealed class SoakReport
{
    private const int GapsShown = 3;
    private const int KindsInARow = 3;

    private readonly SoakOptions _options;
    private readonly NemesisRun _nemesis;
    private readonly List<FaultRecord> _faults;
    private readonly Pauses _pauses;
    private readonly Verdict _verdict;
    private readonly List<string> _offences;
    private readonly List<string> _endsAfterPauses = [];
    private readonly List<string> _leaks = [];
    private readonly List<string> _growth = [];

    public SoakReport(SoakOptions options, World world, NemesisRun nemesis, IReadOnlyList<History> histories)
    {
        _options = options;
        _nemesis = nemesis;
        _faults = world.Faults;
        _pauses = histories[0].Pauses;
        var rules = new Rules(options.LeaseDuration, options.RenewDeadline, options.Liveness);
        _verdict = Verdict.OfAll([.. histories.Select(history => HistoryChecker.Check(history, rules))]);
        _offences = [.. world.Offences, .. world.Replicas.All.SelectMany(replica => replica.Damage())];
        foreach ((Incarnation process, string how) in world.BadEnds)
            (WasPaused(process) ? _endsAfterPauses : _offences).Add(how);
        if (_verdict.HandOvers == 0 || _verdict.Acts == 0 || _faults.Count == 0)
            _offences.Add("a run in which too little happened proves nothing");
        Compare(nemesis.Measured);
        _leaks.AddRange(nemesis.Leaks());
    }

    public bool Passed => !_verdict.Violations.Any() && _offences.Count == 0 && _leaks.Count == 0;

    public void Write(TextWriter output, Timeline timeline)
    {
        IEnumerable<string> all = [.. _verdict.Violations.Select(violation => violation.What), .. _offences, .. _leaks];
        foreach (string violation in all)
            output.WriteLine($"VIOLATION: {violation}");
        if (_verdict.Violations.MinBy(violation => violation.At) is { } first)
        {
            output.WriteLine("\nAround the first of them:");
            foreach (string line in timeline.Around(first.At))
                output.WriteLine($"  {line}");
        }

        output.WriteLine();
        foreach ((string name, string value) in Rows())
            output.WriteLine($"  {name,-30}{value}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"soak: {(Passed ? "passed" : "FAILED")}, seed {_options.Seed}"));
    }

    private IEnumerable<(string Name, string Value)> Rows()
    {
        string[] kinds =
        [
            .. from kind in _faults.CountBy(fault => fault.Kind)
               orderby kind.Key
               select Text($"{kind.Value,4} {kind.Key,-28}"),
        ];
        yield return ("terms", Text($"{_verdict.Terms}"));
        yield return ("hand-overs", Text($"{_verdict.HandOvers}"));
        yield return ("guarded acts", Text($"{_verdict.Acts}"));
        yield return ("faults", Text($"{_faults.Count}"));
        foreach (string[] row in kinds.Chunk(KindsInARow))
            yield return ("", string.Concat(row).TrimEnd());
        yield return ("longest gaps without leader", string.Join("; ", LongestGaps()));
        yield return ("start until all were led", Text($"{_nemesis.Start.TotalSeconds:0.00} s"));
        double slowest = _verdict.Recoveries.DefaultIfEmpty().Max().TotalSeconds;
        yield return ("slowest recovery from a fault", Text(
            $"{slowest:0.00} s of the {_options.Liveness.TotalSeconds:0.0} s allowed, after {_nemesis.Calms.Count} faults or pairs"));
        yield return ("overlaps", Text($"{_verdict.Overlaps.Count}"));
        yield return ("tokens that went back", Text($"{_verdict.TokensBack.Count}"));
        yield return ("acts after a later start", Text($"{_verdict.LateActs.Count}"));
        yield return ("too long without a leader", Text($"{_verdict.LeaderlessCalms.Count}"));
        yield return ("leaks", Text($"{_leaks.Count}"));
        yield return ("other offences", Text($"{_offences.Count}"));
        yield return ("what pauses explain", Text($"{_verdict.FencedActs} acts in flight, for fencing tokens to stop; ")
            + Text($"{_verdict.LateStops.Count} late stops (longest {_verdict.LateStops.DefaultIfEmpty().Max().TotalSeconds:0.00} s); ")
            + Text($"{_verdict.LateStarts} late starts; {_endsAfterPauses.Count} hosts that stopped themselves"));
        yield return ("growth", "threads/files/sockets/timers and memory after a quarter of the time; half; all; then, if too much");
        foreach (string growth in _growth)
            yield return ("", growth);
    }

    private IEnumerable<string> LongestGaps() =>
        from gap in _verdict.Gaps.OrderByDescending(gap => gap.Length).Take(GapsShown)
        let faults = _faults.Where(fault => fault.Time.And(gap).Length > TimeSpan.Zero).Select(fault => fault.Kind).Distinct()
        select Text($"{gap.Length.TotalSeconds:0.00} s ({string.Join(", ", faults.DefaultIfEmpty("no fault"))})");

    /// <summary>Work that is told late because its process was frozen may overrun, and its host then stops, as documented.</summary>
    private bool WasPaused(Incarnation process)
    {
        TimeSpan gone = process.Gone!.Value;
        return _pauses.Touching(process.Identity, new Span(gone - (2 * _options.LeaseDuration), gone)) > TimeSpan.Zero;
    }

    private void Compare(IReadOnlyList<IReadOnlyDictionary<string, Vitals>> measured)
    {
        _growth.AddRange(
            from identity in measured[^1].Keys
            where measured[0].ContainsKey(identity)
            let rows = measured.Where(then => then.ContainsKey(identity)).Select(then => Row(then[identity]))
            select $"{identity}: {string.Join("; ", rows)}");

        if (_growth.Count == 0)
            _leaks.Add("no replica lived long enough to tell");
    }

    private static string Row(Vitals vitals) =>
        Text($"{vitals.Threads}/{vitals.Files}/{vitals.Sockets}/{vitals.Timers}, {vitals.Bytes / 1024} KiB");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
