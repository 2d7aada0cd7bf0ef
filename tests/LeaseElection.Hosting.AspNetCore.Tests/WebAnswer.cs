using System.Net;
using System.Text.Json;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>An answer that has been read.</summary>
internal sealed record WebAnswer(HttpResponseMessage Response, string Text, JsonElement Json)
{
    public HttpStatusCode Status => Response.StatusCode;

    public string? MediaType => Response.Content.Headers.ContentType?.MediaType;

    public string? this[string property] => Json.GetProperty(property).ToString();

    public bool IsLeader => Json.GetProperty("isLeader").GetBoolean();

    /// <summary>Checks what every problem has, and that it is not cached.</summary>
    public void AssertProblem(HttpStatusCode status)
    {
        Assert.Equal(status, Status);
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal(((int)status).ToString(null as IFormatProvider), this["status"]);
        Assert.NotEmpty(this["title"]!);
        Assert.NotEmpty(this["detail"]!);
        Assert.True(Response.Headers.CacheControl?.NoStore);
    }
}
