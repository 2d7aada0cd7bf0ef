using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>Tells each change as server-sent events, for as long as the client stays and the elections run.</summary>
internal sealed class EventsEndpoint(StatusReader reader, TimeSpan heartbeatInterval)
{
    public async Task GetAsync(HttpContext context)
    {
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back.
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-cache,no-store"; // As with GET.
            return;
        }

        CancellationToken stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var events = new StatusEvents(reader, heartbeatInterval, StatusClock.Of(context.RequestServices), stopping);
        try
        {
            await TypedResults.ServerSentEvents(events.ReadAsync(context.RequestAborted)).ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away, which is how most of these end.
        }
    }
}
