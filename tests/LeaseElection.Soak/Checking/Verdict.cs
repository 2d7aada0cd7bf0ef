namespace LeaseElection.Soak.Checking;

/// <summary>What a history shows.</summary>
internal sealed record Verdict
{
    /// <summary>Two terms' work running at once, for no reason of a pause.</summary>
    public required IReadOnlyList<Violation> Overlaps { get; init; }

    /// <summary>A term whose token is not greater than that of every one before.</summary>
    public required IReadOnlyList<Violation> TokensBack { get; init; }

    /// <summary>An act of a term after a later one had begun, though no pause fell between look and act.</summary>
    public required IReadOnlyList<Violation> LateActs { get; init; }

    /// <summary>A calm in which nobody led for too long.</summary>
    public required IReadOnlyList<Violation> LeaderlessCalms { get; init; }

    /// <summary>Acts of a paused process that came after a later term had begun: what only a fencing token stops.</summary>
    public required int FencedActs { get; init; }

    /// <summary>
    /// How long the work of a paused process still ran beside its successor's after the pause, because it could be told to stop only then:
    /// one entry each time.
    /// </summary>
    public required IReadOnlyList<TimeSpan> LateStops { get; init; }

    /// <summary>Work that a paused process began after the pause, when a later term had begun.</summary>
    public required int LateStarts { get; init; }

    public required int Terms { get; init; }

    /// <summary>How often another process led than before.</summary>
    public required int HandOvers { get; init; }

    public required int Acts { get; init; }

    /// <summary>When nobody led, from the first term on.</summary>
    public required IReadOnlyList<Span> Gaps { get; init; }

    /// <summary>How long after each fault somebody led.</summary>
    public required IReadOnlyList<TimeSpan> Recoveries { get; init; }

    /// <summary>What the histories of several elections show together.</summary>
    public static Verdict OfAll(IReadOnlyList<Verdict> elections)
    {
        return new Verdict
        {
            Overlaps = All(verdict => verdict.Overlaps),
            TokensBack = All(verdict => verdict.TokensBack),
            LateActs = All(verdict => verdict.LateActs),
            LeaderlessCalms = All(verdict => verdict.LeaderlessCalms),
            FencedActs = elections.Sum(verdict => verdict.FencedActs),
            LateStops = [.. elections.SelectMany(verdict => verdict.LateStops)],
            LateStarts = elections.Sum(verdict => verdict.LateStarts),
            Terms = elections.Sum(verdict => verdict.Terms),
            HandOvers = elections.Sum(verdict => verdict.HandOvers),
            Acts = elections.Sum(verdict => verdict.Acts),
            Gaps = [.. elections.SelectMany(verdict => verdict.Gaps)],
            Recoveries = [.. elections.SelectMany(verdict => verdict.Recoveries)],
        };

        IReadOnlyList<Violation> All(Func<Verdict, IReadOnlyList<Violation>> violations) =>
            [.. elections.SelectMany((verdict, number) => violations(verdict).Select(
                violation => violation with { What = $"election {number}: {violation.What}" }))];
    }

    public IEnumerable<Violation> Violations => [.. Overlaps, .. TokensBack, .. LateActs, .. LeaderlessCalms];
}
