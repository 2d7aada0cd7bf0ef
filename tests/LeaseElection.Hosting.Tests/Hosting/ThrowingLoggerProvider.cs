using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>A sink of the app whose disk is full, or that is disposed of.</summary>
internal sealed class ThrowingLoggerProvider : ILoggerProvider, ILogger
{
    /// <summary>Not only when a line is to be written.</summary>
    public bool ThrowsAlways { get; init; }

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("LeaseElection", StringComparison.Ordinal)
            ? this
            : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => ThrowsAlways ? throw new ObjectDisposedException("sink") : null;

    public bool IsEnabled(LogLevel logLevel) => ThrowsAlways ? throw new ObjectDisposedException("sink") : true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        throw new IOException("No space left on device.");

    public void Dispose()
    {
    }
}
