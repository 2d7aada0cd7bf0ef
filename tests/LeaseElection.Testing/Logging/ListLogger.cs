using Microsoft.Extensions.Logging;

namespace LeaseElection.Testing.Logging;

/// <summary>One category of a <see cref="ListLoggerProvider"/>.</summary>
internal sealed class ListLogger(ListLoggerProvider provider, string category) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        provider.Add(new LogEntry(category, logLevel, eventId, formatter(state, exception), exception));
}
