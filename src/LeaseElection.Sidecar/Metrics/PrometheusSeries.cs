namespace LeaseElection.Sidecar.Metrics;

/// <summary>What was measured with one set of tags.</summary>
/// <param name="bounds">The upper ends of the buckets of a histogram; empty: it is none.</param>
internal sealed class PrometheusSeries(IReadOnlyList<double> bounds)
{
    private readonly long[] _buckets = new long[bounds.Count];

    /// <summary>The value; of a histogram, the sum.</summary>
    public double Value { get; set; }

    public long Count { get; private set; }

    public void Add(double value)
    {
        Value += value;
        Count++;
        for (int i = 0; i < _buckets.Length; i++)
        {
            if (value <= bounds[i])
                _buckets[i]++;
        }
    }

    /// <summary>How many were no greater than each bound.</summary>
    public IEnumerable<(double Bound, long Count)> Buckets() => bounds.Zip(_buckets).Append((double.PositiveInfinity, Count));
}
