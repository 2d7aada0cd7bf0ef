using LeaseElection.Hosting.AspNetCore.Status;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.AspNetCore.StepDown;

/// <summary>Makes the leader give way, and answers when its work has ended and the lease is released.</summary>
internal sealed class StepDownEndpoint(ElectionDirectory elections, StatusEndpoints status)
{
    public async Task PostAsync(HttpContext context)
    {
        // A page of another site must not do it with the cookies or from within the network of whoever looks at it.
        if (IsFromAnotherSite(context.Request))
        {
            await new Problem(
                "Not from another site", StatusCodes.Status403Forbidden, "Only a page of this site may ask a leader to step down.")
                .WriteAsync(context).ConfigureAwait(false);
            return;
        }

        if (await elections.FindAsync(context).ConfigureAwait(false) is not { } election)
            return;
        if (!election.IsLeader)
        {
            await StandbyProblem.Of(election, StatusCodes.Status409Conflict).WriteAsync(context).ConfigureAwait(false);
            return;
        }

        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("LeaseElection.Hosting.AspNetCore").StepDownAsked(
            ElectionDirectory.NameOf(election),
            election.LeaseNamespace,
            election.LeaseName,
            context.User.Identity?.Name ?? "somebody",
            context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address");
        try
        {
            await election.StepDownAsync(context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // It steps down all the same.
        }

        await status.WriteOneAsync(context, election).ConfigureAwait(false);
    }

    /// <summary>
    /// What the browser says itself goes first: it holds behind proxies that change the host. It says so over TLS and to localhost only;
    /// elsewhere the origin of the page has to be this host. Scripts send neither.
    /// </summary>
    private static bool IsFromAnotherSite(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() switch
    {
        "same-origin" or "none" => false,
        "" => request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? page)
                && request.Host.Equals(new HostString(page.IsDefaultPort ? page.Host : page.Authority))),
        _ => true,
    };
}
