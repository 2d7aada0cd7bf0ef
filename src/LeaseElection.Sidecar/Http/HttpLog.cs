using LeaseElection.Sidecar.Flags;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Sidecar.Http;

/// <summary>Ids 700-799: HTTP.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(700, LogLevel.Information, "Serving HTTP on {Addresses}", EventName = "Listening")]
    public static partial void Listening(this ILogger logger, string addresses);

    [LoggerMessage(701, LogLevel.Warning,
        "--http {Address} means {Missing} too, which this machine does not have (is IPv6 off?), so nobody is answered "
        + "there. If that is as it should be, take the name out of /etc/hosts, or write the address that is left, for "
        + "example --http={Rest}",
        EventName = "AddressMissing")]
    public static partial void AddressMissing(this ILogger logger, ListenAddress address, string missing, string rest);
}
