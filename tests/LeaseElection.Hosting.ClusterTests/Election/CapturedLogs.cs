using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Election;

/// <summary>Keeps what a host logs, and lets a test wait for a message.</summary>
internal sealed class CapturedLogs : ILoggerProvider, ILogger
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ConcurrentQueue<Entry> _entries = new();
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal sealed record Entry(LogLevel Level, int Id, string Message);

    public IReadOnlyList<Entry> All => [.. _entries];

    public IReadOnlyList<Entry> Warnings => [.. _entries.Where(entry => entry.Level >= LogLevel.Warning)];

    public async Task<Entry> UntilAsync(int id)
    {
        while (true)
        {
            Task news = Volatile.Read(ref _news).Task;
            if (_entries.FirstOrDefault(entry => entry.Id == id) is { } found)
                return found;
            await news.WaitAsync(Patience);
        }
    }

    /// <summary>Ours only: the framework logs what a health check says as well.</summary>
    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("LeaseElection", StringComparison.Ordinal) ? this : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _entries.Enqueue(new Entry(logLevel, eventId.Id, formatter(state, exception)));
        Interlocked.Exchange(ref _news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    public void Dispose()
    {
    }
}
