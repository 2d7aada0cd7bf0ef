using Microsoft.AspNetCore.Http;

namespace LeaseElection.Hosting.AspNetCore;

/// <summary>
/// Endpoint metadata: answers requests where this process does not lead, instead of the 503 of
/// <see cref="Microsoft.AspNetCore.Builder.LeadershipEndpointConventionBuilderExtensions.RequireLeadership"/>. The way in for packages such as
/// <c>LeaseElection.Hosting.Yarp</c>; an app passes <c>onStandby</c>, which comes before it.
/// </summary>
public interface IStandbyAnswer
{
    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="election">The election that this process does not lead.</param>
    /// <returns>A task that ends when it is answered.</returns>
    Task AnswerAsync(HttpContext context, ILeaderElection election);
}
