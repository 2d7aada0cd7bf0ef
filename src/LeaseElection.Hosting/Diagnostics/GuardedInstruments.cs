using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// Measurements that never throw. Listeners are called by whoever measures: one that fails must cost a number, not the term.
/// </summary>
internal static class GuardedInstruments
{
    public static void Count(this Counter<long> counter, in TagList tags, long by = 1)
    {
        try
        {
            counter.Add(by, tags);
        }
#pragma warning disable CA1031 // As for logs: there is nobody left to tell.
        catch
#pragma warning restore CA1031
        {
        }
    }

    public static void Change(this UpDownCounter<long> counter, long by, in TagList tags)
    {
        try
        {
            counter.Add(by, tags);
        }
#pragma warning disable CA1031 // As above.
        catch
#pragma warning restore CA1031
        {
        }
    }

    public static void Measure(this Histogram<double> histogram, TimeSpan time, in TagList tags)
    {
        try
        {
            histogram.Record(time.TotalSeconds, tags);
        }
#pragma warning disable CA1031 // As above.
        catch
#pragma warning restore CA1031
        {
        }
    }
}
