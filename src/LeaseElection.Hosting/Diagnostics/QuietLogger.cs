using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// For an election that is nobody's business, as the lease of a member is one: what people are told of an election is told at Debug. But
/// for its end by a bug.
/// </summary>
internal sealed class QuietLogger(ILogger inner) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(Quiet(logLevel)) || inner.IsEnabled(logLevel) && logLevel == LogLevel.Critical;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        bool isBug = logLevel == LogLevel.Critical && exception is not null;
        inner.Log(isBug ? logLevel : Quiet(logLevel), eventId, state, exception, formatter);
    }

    private static LogLevel Quiet(LogLevel level) => level is LogLevel.Trace or LogLevel.None ? level : LogLevel.Debug;
}
