using System.Text;
using LeaseElection.Hosting;
using Microsoft.AspNetCore.Http;

namespace LeaseElection.Sidecar.Http;

/// <summary>The answer of the old image, on any path, to the byte; but not the name of a leader that has long gone.</summary>
internal sealed class LeaderName(LeaderElection election)
{
    public Task GetAsync(HttpContext context)
    {
        // What Go makes of an answer that names no type.
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        byte[] answer = Encoding.UTF8.GetBytes(Of(KnownHolder.Of(election)));
        context.Response.ContentLength = answer.Length;
        return context.Response.Body.WriteAsync(answer, context.RequestAborted).AsTask();
    }

    internal static string Of(KnownHolder holder) => $$"""{"name":{{GoJson.Quote(holder.Name)}}}""";
}
