using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace LeaseElection.Hosting.AspNetCore.Page;

/// <summary>
/// The page for people: one file that loads nothing from elsewhere, fills itself from the events, and finds them relative to where the
/// browser thinks it is, so that it works behind proxies that take a prefix off.
/// </summary>
internal sealed class StatusPage(bool canStepDown, TimeSpan heartbeatInterval)
{
    private static readonly Lazy<string> Template = new(Read);

    /// <summary>Whether the client names HTML, as browsers do, and does not like JSON better. Who takes anything gets JSON.</summary>
    public static bool IsWanted(HttpRequest request)
    {
        IList<MediaTypeHeaderValue> accepted = request.GetTypedHeaders().Accept;
        return QualityOf("text/html") is { } html and > 0 && html > (QualityOf("application/json") ?? 0);

        double? QualityOf(string type) =>
            accepted
                .Where(value => value.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
                .Max(value => (double?)(value.Quality ?? 1));
    }

    public Task WriteAsync(HttpContext context)
    {
        string nonce = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        IHeaderDictionary headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        context.Response.ContentType = "text/html; charset=utf-8";
        string page = Template.Value
            .Replace("{{nonce}}", nonce, StringComparison.Ordinal)
            .Replace("{{step-down}}", canStepDown ? "yes" : "no", StringComparison.Ordinal)
            .Replace(
                "{{heartbeat}}",
                heartbeatInterval.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture),
                StringComparison.Ordinal);
        return context.Response.WriteAsync(page, context.RequestAborted);
    }

    private static string Read()
    {
        using Stream file = typeof(StatusPage).Assembly.GetManifestResourceStream("StatusPage.html")!;
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }
}
