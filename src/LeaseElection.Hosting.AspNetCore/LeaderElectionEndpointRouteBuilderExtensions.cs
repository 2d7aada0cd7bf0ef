using System.Diagnostics.CodeAnalysis;
using LeaseElection.Hosting.AspNetCore;
using LeaseElection.Hosting.AspNetCore.Page;
using LeaseElection.Hosting.AspNetCore.Status;
using LeaseElection.Hosting.AspNetCore.StepDown;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps endpoints that show and control the elections of a host.</summary>
public static class LeaderElectionEndpointRouteBuilderExtensions
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Maps, below <paramref name="pattern"/>: the status of all elections (JSON, and a page for browsers), <c>/{name}</c> that of one,
    /// <c>/{name}/leader</c> which is 200 on the leader and 503 elsewhere, <c>/events</c> which tells each change, and if asked for
    /// <c>/{name}/step-down</c>. The election without a name is called <c>default</c> here.
    /// </summary>
    /// <param name="endpoints">Where to map.</param>
    /// <param name="pattern">The path, for example <c>/leader-election</c>.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>Conventions for all of these endpoints, for example <c>RequireAuthorization()</c>.</returns>
    /// <exception cref="InvalidOperationException">
    /// The host has no election, or one whose name is a path here; or step-down is mapped and nobody said who may ask for it.
    /// </exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static IEndpointConventionBuilder MapLeaderElection(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        Action<LeaderElectionEndpointOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var options = new LeaderElectionEndpointOptions();
        configure?.Invoke(options);
        if (options.HeartbeatInterval < TimeSpan.FromMilliseconds(100) || options.HeartbeatInterval > TimeSpan.FromHours(1))
        {
            throw new ArgumentException(
                $"{nameof(options.HeartbeatInterval)} is {options.HeartbeatInterval}: give it 100 milliseconds to 1 hour.",
                nameof(configure));
        }

        StepDownAuthorization? authorization = options.StepDown is { } authorize ? StepDownAuthorization.Of(authorize) : null;
        var elections = ElectionDirectory.Of(endpoints.ServiceProvider);
        elections.CheckNames();
        RouteGroupBuilder group = endpoints.MapGroup(pattern);
        StatusReader reader = NewReader(endpoints.ServiceProvider, elections);
        var status = new StatusEndpoints(reader, new StatusPage(canStepDown: authorization is not null, options.HeartbeatInterval));
        group.MapMethods("", Reading, status.GetAllAsync);
        group.MapMethods("{name}", Reading, status.GetOneAsync);
        group.MapMethods("{name}/leader", Reading, status.GetLeaderAsync);
        group.MapMethods("events", Reading, new EventsEndpoint(reader, options.HeartbeatInterval).GetAsync);
        if (authorization is not null)
        {
            authorization.Apply(
                group.MapMethods("{name}/step-down", [HttpMethods.Post], new StepDownEndpoint(elections, status).PostAsync));
        }

        return group;
    }

    private static StatusReader NewReader(IServiceProvider services, ElectionDirectory elections) => new(
        elections,
        StatusClock.Of(services),
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped);
}
