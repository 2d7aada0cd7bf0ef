using System.Globalization;
using LeaseElection.Sidecar.Flags;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Sidecar.Logging;

/// <summary>
/// Time, level and message. Not the exception, whose stack says nothing to an operator: the messages of the library tell the cause.
/// </summary>
internal sealed class StderrLogger(TimeProvider time, StderrWriter stderr) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        string message = formatter(state, exception);
        if (exception is not null && !message.Contains(exception.Message, StringComparison.Ordinal))
            message += $" ({exception.GetType().Name}: {exception.Message})";
        stderr.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{time.GetUtcNow().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {NameOf(logLevel)} {OneLine.Of(FlagWords.In(message))}"));
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Information => "INFO ",
        LogLevel.Warning => "WARN ",
        _ => "ERROR",
    };
}
