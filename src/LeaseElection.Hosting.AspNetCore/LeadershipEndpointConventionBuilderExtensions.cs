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
        builder.Add(endpoint => endpoint.Metadata.Add(RequiredLeadership.Here));

        // Finally: whatever else wraps the endpoint, its filters too, is not to run on a standby.
        builder.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is not { } serve)
                return;
            Func<HttpContext, ILeaderElection, Task> answer = onStandby
                ?? endpoint.Metadata.OfType<StandbyAnswer>().LastOrDefault()?.AnswerAsync
                ?? ((context, election) => StandbyProblem.WriteAsync(context, election));
            if (ElectionDirectory.Find(endpoint.ApplicationServices, election, out string? missing) is { } required)
                endpoint.RequestDelegate = context => required.IsLeader ? serve(context) : answer(context, required);
            else
                LeadershipMistake.PutOn(endpoint, missing!);
        });
        return builder;
    }

    /// <summary>
    /// Has a standby answer requests for these endpoints so, instead of by the 503 of
    /// <see cref="RequireLeadership"/>, which they need too. The way in for packages such as <c>LeaseElection.Hosting.Yarp</c>; an app
    /// passes <c>onStandby</c> there, which comes before it.
    /// </summary>
    /// <typeparam name="TBuilder">An endpoint or a group.</typeparam>
    /// <param name="builder">The endpoints.</param>
    /// <param name="answer">Answers a request; the election is the one that this process does not lead.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">
    /// Thrown when the host starts: an endpoint does not require leadership. Every replica would serve it.
    /// </exception>
    public static TBuilder AnswerOnStandby<TBuilder>(this TBuilder builder, Func<HttpContext, ILeaderElection, Task> answer)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(answer);
        LeadershipEndpointCheck.IsNeeded();
        builder.Add(endpoint => endpoint.Metadata.Add(new StandbyAnswer(answer)));
        builder.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is null || endpoint.Metadata.Contains(RequiredLeadership.Here))
                return;
            LeadershipMistake.PutOn(
                endpoint, "It says what a standby answers, and every replica would serve it. Call RequireLeadership() too.");
        });
        return builder;
    }
}
