using LeaseElection.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting;

/// <summary>Finds out where this process can be reached, for elections that say so.</summary>
internal sealed class PublishedEndpoints(IServiceProvider services, ILogger<LeaderElection> logger)
{
    private readonly GuardedLogger _logger = new(logger);

    /// <summary>What each term of an election says of that; nothing for one that does not publish, or does not know.</summary>
    public IReadOnlyDictionary<string, string>? NotesOf(LeaderElection election)
    {
        if (services.GetKeyedService<PublishedEndpoint>(election.Name) is not { } published)
            return null;
        try
        {
            if (published.Find(services) is not { } endpoint)
                return null;
            if (PublishedEndpoint.WhyNot(endpoint) is not { } reason)
                return new Dictionary<string, string> { [PublishedEndpoint.Note] = endpoint.AbsoluteUri };
            _logger.EndpointNotPublished(election.LeaseNamespace, election.LeaseName, reason, null);
        }
#pragma warning disable CA1031 // An address that cannot be told must not keep anybody from leading.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _logger.EndpointNotPublished(election.LeaseNamespace, election.LeaseName, exception.Message, exception);
        }

        return null;
    }
}
