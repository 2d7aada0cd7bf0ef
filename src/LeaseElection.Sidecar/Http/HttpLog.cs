using Microsoft.Extensions.Logging;

namespace LeaseElection.Sidecar.Http;

/// <summary>Ids 700-799: HTTP.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(700, LogLevel.Information, "Serving HTTP on {Addresses}", EventName = "Listening")]
    public static partial void Listening(this ILogger logger, string addresses);
}
