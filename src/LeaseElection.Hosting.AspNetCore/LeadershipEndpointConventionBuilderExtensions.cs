using LeaseElection.Hosting;
using LeaseElection.Hosting.AspNetCore;
using Microsoft.AspNetCore.Http;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves endpoints on the leader only.</summary>
public static class LeadershipEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Serves these endpoints while this process leads. Elsewhere the answer is 503 with <c>Retry-After</c> and problem details that
    /// name the holder of the lease, or what <paramref name="onStandby"/> writes. Authorization comes first.
    /// </summary>
    /// <remarks>
    /// It looks when a request arrives, not while it runs. What must not be late checks <see cref="LeadershipTerm.ThrowIfLost"/> right
    /// before it acts, and hands <see cref="LeadershipTerm.FencingToken"/> to the resource.
    /// </remarks>
    /// <typeparam name="TBuilder">An endpoint or a group.</typeparam>
    /// <param name="builder">The endpoints.</param>
    /// <param name="election">The name of the election; default the unnamed one.</param>
    /// <param name="onStandby">
    /// Answers where this process does not lead: a redirect to the leader, or a proxy to it.
    /// <see cref="LeaderElectionStatus.HolderIdentity"/> says who that is; nobody may be.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">
    /// Thrown when the host starts: it has no such election. A host without any election starts, and these endpoints fail.
    /// </exception>
    public static TBuilder RequireLeadership<TBuilder>(
        this TBuilder builder, string election = "", Func<HttpContext, ILeaderElection, Task>? onStandby = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(election);
        LeadershipEndpointCheck.IsNeeded();

        // Finally: whatever else wraps the endpoint, its filters too, is not to run on a standby.
        builder.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is not { } serve)
                return;
            Func<HttpContext, ILeaderElection, Task> answer = onStandby
                ?? endpoint.Metadata.OfType<IStandbyAnswer>().LastOrDefault() switch
                {
                    { } other => other.AnswerAsync,
                    null => (context, election) => StandbyProblem.WriteAsync(context, election),
                };
            if (ElectionDirectory.Find(endpoint.ApplicationServices, election, out string? missing) is { } required)
            {
                endpoint.RequestDelegate = context => required.IsLeader ? serve(context) : answer(context, required);
                return;
            }

            // No exception here: it would be one of every endpoint of the app, at each request.
            var unknown = new UnknownElection($"{endpoint.DisplayName}: {missing}");
            endpoint.Metadata.Add(unknown);
            endpoint.RequestDelegate = _ => throw new InvalidOperationException(unknown.Message);
        });
        return builder;
    }
}
