using System.Text;
using LeaseElection.Hosting;
using LeaseElection.Sidecar.Naming;
using Microsoft.AspNetCore.Http;

namespace LeaseElection.Sidecar.Http;

/// <summary>The answer of the old image, on any path, to the byte; but not the name of a leader that has long gone.</summary>
internal sealed class LeaderName(LeaderElection election, ShownName names)
{
    public Task GetAsync(HttpContext context)
    {
        // What Go makes of an answer that names no type.
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        byte[] answer = Encoding.UTF8.GetBytes(Of(names.Of(KnownHolder.Of(election).Name, election.Identity)));
        context.Response.ContentLength = answer.Length;
        return context.Response.Body.WriteAsync(answer, context.RequestAborted).AsTask();
    }

    internal static string Of(string name) => $$"""{"name":{{GoJson.Quote(name)}}}""";
}
