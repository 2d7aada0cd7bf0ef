using System.Text.Json.Serialization.Metadata;
using LeaseElection.Hosting.AspNetCore.Page;
using Microsoft.AspNetCore.Http;

namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>Answers who leads, from what this process knows: no I/O, so that it answers when the API server does not.</summary>
internal sealed class StatusEndpoints(StatusReader reader, StatusPage page)
{
    public Task GetAllAsync(HttpContext context)
    {
        context.Response.Headers.Vary = "Accept";
        return StatusPage.IsWanted(context.Request)
            ? page.WriteAsync(context)
            : WriteAsync(context, reader.ReadAll(), EndpointsJson.Default.AllElections);
    }

    public async Task GetOneAsync(HttpContext context)
    {
        if (await reader.Elections.FindAsync(context).ConfigureAwait(false) is { } election)
            await WriteOneAsync(context, election).ConfigureAwait(false);
    }

    public async Task GetLeaderAsync(HttpContext context)
    {
        if (await reader.Elections.FindAsync(context).ConfigureAwait(false) is not { } election)
            return;
        Task answer = election.IsLeader ? WriteOneAsync(context, election) : StandbyProblem.WriteAsync(context, election);
        await answer.ConfigureAwait(false);
    }

    public Task WriteOneAsync(HttpContext context, ILeaderElection election) =>
        WriteAsync(context, reader.Read(election), EndpointsJson.Default.OneElection);

    private static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(value, type, contentType: null, context.RequestAborted);
    }
}
