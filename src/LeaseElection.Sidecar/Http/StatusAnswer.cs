using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeaseElection.Hosting;
using LeaseElection.Hosting.AspNetCore;
using LeaseElection.Hosting.AspNetCore.Status;
using Microsoft.AspNetCore.Http;

namespace LeaseElection.Sidecar.Http;

/// <summary>What the package for ASP.NET Core tells of an election, and how old the news of its holder is.</summary>
internal sealed class StatusAnswer(StatusReader reader, LeaderElection election)
{
    /// <summary>As the answers of the package: the defaults escape a plus for HTML.</summary>
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Task GetAsync(HttpContext context)
    {
        JsonObject status = JsonSerializer.SerializeToNode(reader.Read(election), EndpointsJson.Default.OneElection)!.AsObject();
        var holder = KnownHolder.Of(election);
        if (holder.AgeSeconds is { } age)
            status["renewalAgeSeconds"] = Math.Round(age, 1);
        status["isStale"] = holder.IsStale;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(TextOf(status), context.RequestAborted);
    }

    private static string TextOf(JsonObject status)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, Plain))
            status.WriteTo(json);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
