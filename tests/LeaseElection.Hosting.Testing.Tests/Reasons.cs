using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>Why leadership was lost, as an operator reads it in the log.</summary>
internal sealed class Reasons : ILoggerProvider, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<string> _lost = [];

    public IReadOnlyList<string> Lost
    {
        get
        {
            lock (_lock)
                return [.. _lost];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name != "LeadershipLost")
            return;
        lock (_lock)
            _lost.Add(((IReadOnlyList<KeyValuePair<string, object?>>)state!).First(value => value.Key == "Reason").Value!.ToString()!);
    }

    public void Dispose()
    {
    }
}
