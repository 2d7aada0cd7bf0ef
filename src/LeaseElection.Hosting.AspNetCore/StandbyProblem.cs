using Microsoft.AspNetCore.Http;

namespace LeaseElection.Hosting.AspNetCore;

/// <summary>
/// The answer of a standby that cannot help: 503 with <c>Retry-After</c> and problem details that name the holder of the lease.
/// </summary>
public static class StandbyProblem
{
    /// <summary>Writes it.</summary>
    /// <param name="context">The request, whose response has not started.</param>
    /// <param name="election">The election that this process does not lead.</param>
    /// <param name="detail">Why there is no better answer, as a sentence; default: who holds the lease.</param>
    /// <returns>A task that ends when it is written.</returns>
    public static Task WriteAsync(HttpContext context, ILeaderElection election, string? detail = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(election);

        // The next request may reach the leader, or find that this process has become it.
        context.Response.Headers.RetryAfter = "1";
        Problem problem = Of(election, StatusCodes.Status503ServiceUnavailable);
        return (detail is null ? problem : problem with { Detail = detail }).WriteAsync(context);
    }

    internal static Problem Of(ILeaderElection election, int status)
    {
        string? holder = election.Status.HolderIdentity;
        string detail = holder is null ? "Nobody is known to hold the lease at present."
            : holder == election.Identity ? "It holds the lease, and has stopped leading."
            : $"{holder} holds the lease.";
        return new Problem("This process does not lead", status, detail)
        {
            Election = ElectionDirectory.NameOf(election),
            HolderIdentity = holder,
        };
    }
}
