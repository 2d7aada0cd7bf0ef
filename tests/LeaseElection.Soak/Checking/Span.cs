namespace LeaseElection.Soak.Checking;

/// <summary>A stretch of time.</summary>
internal sealed record Span(TimeSpan From, TimeSpan To)
{
    public TimeSpan Length => To > From ? To - From : TimeSpan.Zero;

    public Span And(Span other) => new(From > other.From ? From : other.From, To < other.To ? To : other.To);

    /// <summary>What of these stretches lies in none of the others.</summary>
    public static IEnumerable<Span> Without(Span whole, IEnumerable<Span> others)
    {
        TimeSpan from = whole.From;
        foreach (Span other in Union(others))
        {
            Span before = new Span(from, other.From).And(whole);
            if (before.Length > TimeSpan.Zero)
                yield return before;
            from = other.To > from ? other.To : from;
        }

        Span rest = new Span(from, whole.To).And(whole);
        if (rest.Length > TimeSpan.Zero)
            yield return rest;
    }

    /// <summary>The same time in stretches that neither touch nor overlap, in order.</summary>
    public static IReadOnlyList<Span> Union(IEnumerable<Span> spans)
    {
        List<Span> union = [];
        foreach (Span span in spans.Where(span => span.Length > TimeSpan.Zero).OrderBy(span => span.From))
        {
            if (union.Count > 0 && span.From <= union[^1].To)
                union[^1] = new Span(union[^1].From, span.To > union[^1].To ? span.To : union[^1].To);
            else
                union.Add(span);
        }

        return union;
    }
}
