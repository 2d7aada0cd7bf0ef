using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// A logger that never throws. A sink of the app that fails (a full disk, a disposed provider) must cost a line of the log, not the
/// term, and not the word that work has ended.
/// </summary>
internal sealed class GuardedLogger(ILogger inner) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        try
        {
            return inner.BeginScope(state);
        }
#pragma warning disable CA1031 // As below.
        catch
#pragma warning restore CA1031
        {
            return null;
        }
    }

    /// <summary>Every message asks. Where nobody can say, it is tried: what fails now and then must not lose all lines.</summary>
    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return inner.IsEnabled(logLevel);
        }
#pragma warning disable CA1031 // As below.
        catch
#pragma warning restore CA1031
        {
            return true;
        }
    }

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
#pragma warning disable CA1031 // There is nobody left to tell.
        catch
#pragma warning restore CA1031
        {
        }
    }
}
