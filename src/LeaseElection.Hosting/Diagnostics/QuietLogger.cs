using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// Tells at Debug what an election tells at Information, and what somebody else tells better: of leases that are taken and given up all the
/// time, only what goes wrong is worth a line.
/// </summary>
/// <param name="inner">Where lines go.</param>
/// <param name="isToldElsewhere">Whether a line with this id is one of the latter.</param>
internal sealed class QuietLogger(ILogger inner, Func<int, bool> isToldElsewhere) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    /// <summary>
    /// Whether it is one of them is known when it is told: its level alone decides nothing where it may be told as it is.
    /// </summary>
    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel == LogLevel.Information ? LogLevel.Debug : logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        bool quiet = logLevel == LogLevel.Information || (logLevel > LogLevel.Information && isToldElsewhere(eventId.Id));
        if (!quiet)
            inner.Log(logLevel, eventId, state, exception, formatter);
        else if (inner.IsEnabled(LogLevel.Debug))
            inner.Log(LogLevel.Debug, eventId, state, exception, formatter);
    }
}
