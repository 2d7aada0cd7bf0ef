using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>Log messages about settings: ids 400-499. An id is never given to another message.</summary>
internal static partial class ConfigurationLog
{
    [LoggerMessage(EventId = 400, EventName = "Disabled", Level = LogLevel.Warning,
        Message = "{Option} is false: there is no lease and this process always leads. With a second replica both would: set it to true "
            + "wherever more than one can run")]
    public static partial void Disabled(this ILogger logger, string option);

    [LoggerMessage(EventId = 401, EventName = "ShutdownTimeoutTooShort", Level = LogLevel.Warning,
        Message = "HostOptions.ShutdownTimeout is {ShutdownTimeout}, which leaves work less than its {Option} of {StopTimeout} "
            + "to stop when the host stops; the lease would not be released. Raise ShutdownTimeout by the difference and "
            + "{Seconds} s")]
    public static partial void ShutdownTimeoutTooShort(
        this ILogger logger, TimeSpan shutdownTimeout, string option, TimeSpan stopTimeout, double seconds);

    [LoggerMessage(EventId = 402, EventName = "FixedIdentity", Level = LogLevel.Warning,
        Message = "{Option} is set to {Identity}: it must be different for each process, and a restarted process waits for the lease of "
            + "its predecessor. Leave it out unless something else needs it")]
    public static partial void FixedIdentity(this ILogger logger, string option, string identity);
}
