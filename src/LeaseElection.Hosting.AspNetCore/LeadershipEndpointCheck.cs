using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LeaseElection.Hosting.AspNetCore;

/// <summary>
/// Fails the start, before the server listens, if an endpoint requires leadership in an election that the host does not have.
/// </summary>
internal sealed class LeadershipEndpointCheck : IStartupFilter
{
    private static volatile bool _isNeeded;

    /// <summary>
    /// Found by name and called by <c>AddLeaderElection</c>: this package has no call of its own before the host is built.
    /// </summary>
    public static void Add(IServiceCollection services) =>
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, LeadershipEndpointCheck>());

    /// <summary>Some endpoint of the process requires leadership. Until then endpoints are built when the framework wants them.</summary>
    public static void IsNeeded() => _isNeeded = true;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app);
        if (_isNeeded && app.ApplicationServices.GetService<EndpointDataSource>() is { } endpoints)
            Check(endpoints);
    };

    private static void Check(EndpointDataSource endpoints)
    {
        string[] failures = [.. endpoints.Endpoints
            .SelectMany(endpoint => endpoint.Metadata.GetOrderedMetadata<LeadershipMistake>())
            .Select(mistake => mistake.Message)
            .Distinct(StringComparer.Ordinal)];
        if (failures.Length > 0)
            throw new InvalidOperationException(string.Join('\n', failures));
    }
}
