using Microsoft.AspNetCore.Http;

namespace LeaseElection.Hosting.AspNetCore;

/// <summary>
/// Problem details (RFC 9457). A type of its own, because the members of the framework's are not known when it is compiled.
/// </summary>
internal sealed record Problem(string Title, int Status, string Detail)
{
    public string Type { get; } = "about:blank";

    /// <summary>Which election it is about.</summary>
    public string? Election { get; init; }

    public string? HolderIdentity { get; init; }

    /// <summary>Which elections there are.</summary>
    public IReadOnlyList<string>? Elections { get; init; }

    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(this, EndpointsJson.Default.Problem, "application/problem+json", context.RequestAborted);
    }
}
