using System.Collections.Concurrent;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// The logger of the loops of all partitions of one election, of which there may be hundreds. What is normal is for Debug, because
/// <see cref="PartitionLog"/> tells it for all of them; of what goes wrong with many at once (an API server that is down) the first of its
/// kind speaks for the others.
/// </summary>
internal sealed class PartitionLogger(ILogger inner, ElectionClock clock) : ILogger
{
    /// <summary>How long one line speaks for others of its kind: longer than an outage needs to reach every partition.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    /// <summary>What happens in each term that goes well.</summary>
    private static readonly HashSet<int> Usual = [100, 101, 103, 104, 105, 110, 112, 114, 116];

    /// <summary>What happens to many partitions at once, for one reason.</summary>
    private static readonly HashSet<int> Shared = [102, 106, 108, 111, 113, 115, 220, 222, 223, 224, 302, 880];

    private readonly ConcurrentDictionary<int, TimeSpan> _toldAt = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    /// <summary>Not known before the id is: what is lowered may still be wanted.</summary>
    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        LogLevel level = Usual.Contains(eventId.Id) || (Shared.Contains(eventId.Id) && !IsFirst(eventId.Id)) ? LogLevel.Debug : logLevel;
        if (inner.IsEnabled(level))
            inner.Log(level, eventId, state, exception, formatter);
    }

    private bool IsFirst(int id)
    {
        TimeSpan now = clock.Now.Monotonic;
        bool first = true;
        _toldAt.AddOrUpdate(id, now, (_, told) => (first = now - told >= Quiet) ? now : told);
        return first;
    }
}
