using Serilog.AspNetCore;
using Serilog.Events;

namespace WebApi;

/// <summary>One line a request. What probes, load balancers and pages ask every few seconds is told at Debug only.</summary>
internal static class RequestLog
{
    private static readonly PathString[] Polled = ["/livez", "/readyz", "/leader-election"];

    public static void Configure(RequestLoggingOptions options) => options.GetLevel = LevelOf;

    private static LogEventLevel LevelOf(HttpContext context, double elapsed, Exception? exception) =>
        exception is not null ? LogEventLevel.Error
        : IsPolled(context.Request.Path) ? LogEventLevel.Debug // Here 503 is what a standby answers, and no error.
        : context.Response.StatusCode >= 500 ? LogEventLevel.Error
        : LogEventLevel.Information;

    private static bool IsPolled(PathString path) =>
        Polled.Any(polled => path.StartsWithSegments(polled, StringComparison.OrdinalIgnoreCase));
}
