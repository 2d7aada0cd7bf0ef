using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace LeaseElection.Hosting.Yarp;

/// <summary>
/// What a request bears that a standby hands on. The guard says that it was forwarded already: two replicas that each take the other
/// for the leader, which lasts as long as their watches differ, would send it to and fro for ever. Whoever forges it is refused, and
/// nobody else.
/// </summary>
internal static class ForwardedRequest
{
    public const string Guard = "Leader-Forwarded-By";

    private const int MostShown = 100;

    /// <summary>Which replica has forwarded it; <see langword="null"/>: it comes from elsewhere. The text may be anybody's.</summary>
    public static string? SenderOf(HttpRequest request) =>
        request.Headers.TryGetValue(Guard, out StringValues header) ? Uri.UnescapeDataString(header.ToString()) : null;

    /// <summary>A text that may be anybody's, in bounds.</summary>
    public static string Shown(string sender) => sender.Length > MostShown ? sender[..MostShown] : sender;

    /// <summary>
    /// Has the leader see by whom it was sent. Each of the other headers gets an entry at its end, where a receiver begins to read: what
    /// a client has made up stays in front of that, where nobody believes it who did not believe the client itself.
    /// </summary>
    public static void Mark(HttpContext context, string identity)
    {
        IHeaderDictionary headers = context.Request.Headers;
        headers[Guard] = Uri.EscapeDataString(identity); // An identity is any text; a header is not.
        headers.AppendCommaSeparatedValues("X-Forwarded-For", context.Connection.RemoteIpAddress?.ToString() ?? "unknown");
        headers.AppendCommaSeparatedValues("X-Forwarded-Host", context.Request.Host.Value ?? "");
        headers.AppendCommaSeparatedValues("X-Forwarded-Proto", context.Request.Scheme);
    }
}
