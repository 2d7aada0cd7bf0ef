using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Testing.Logging;

/// <summary>Keeps everything that a host logs, and lets a test wait for a message.</summary>
public sealed class ListLoggerProvider : ILoggerProvider
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();
    private readonly Signal _signal = new();

    public IReadOnlyList<LogEntry> Entries => [.. _entries];

    /// <summary>The messages with this event name, oldest first.</summary>
    public IReadOnlyList<LogEntry> Named(string eventName) => [.. _entries.Where(entry => entry.Id.Name == eventName)];

    /// <summary>The <paramref name="count"/>th message with this event name, as soon as it has been logged.</summary>
    public async Task<LogEntry> WaitForAsync(string eventName, int count = 1)
    {
        await _signal.WaitUntilAsync(
            () => Named(eventName).Count >= count, () => $"{count} x {eventName}; logged:\n" + string.Join('\n', _entries));
        return Named(eventName)[count - 1];
    }

    /// <summary>The first message with this event name that is such a one, as soon as it has been logged.</summary>
    public async Task<LogEntry> WaitForAsync(string eventName, Func<LogEntry, bool> isOne)
    {
        LogEntry? found = null;
        await _signal.WaitUntilAsync(
            () => (found = Named(eventName).FirstOrDefault(isOne)) is not null,
            () => $"a certain {eventName}; logged:\n" + string.Join('\n', _entries));
        return found!;
    }

    public ILogger CreateLogger(string categoryName) => new ListLogger(this, categoryName);

    public void Dispose()
    {
        // What was logged is looked at after the host is gone.
    }

    internal void Add(LogEntry entry)
    {
        _entries.Enqueue(entry);
        _signal.Pulse();
    }
}
