using LeaseElection.Hosting.AspNetCore;
using LeaseElection.Hosting.AspNetCore.Page;
using LeaseElection.Hosting.AspNetCore.Status;
using LeaseElection.Hosting.AspNetCore.StepDown;
using LeaseElection.Sidecar.Metrics;
using LeaseElection.Sidecar.Naming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Sidecar.Http;

/// <summary>
/// What the sidecar serves: the answers of the package for ASP.NET Core at paths that need no name of an election, and that of the old
/// image everywhere else.
/// </summary>
internal static class SidecarEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(5);

    public static void MapSidecar(this IEndpointRouteBuilder endpoints)
    {
        IServiceProvider services = endpoints.ServiceProvider;
        var election = services.GetRequiredKeyedService<LeaseElection.Hosting.LeaderElection>("");
        var directory = ElectionDirectory.Of(services);
        var reader = new StatusReader(
            directory,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped);
        var status = new StatusEndpoints(reader, new StatusPage(canStepDown: false, HeartbeatInterval));
        endpoints.MapMethods("/leader", Reading, OfTheElection(status.GetLeaderAsync));
        endpoints.MapMethods("/events", Reading, new EventsEndpoint(reader, HeartbeatInterval).GetAsync);
        endpoints.MapMethods("/status", Reading, new StatusAnswer(reader, election).GetAsync);
        endpoints.MapMethods("/metrics", Reading, services.GetRequiredService<PrometheusEndpoint>().GetAsync);
        endpoints.MapMethods(
            "/step-down", [HttpMethods.Post], LocalOnly.Guard(OfTheElection(new StepDownEndpoint(directory, status).PostAsync)));
        endpoints.MapHealthChecks("/healthz", Probe("live"));
        endpoints.MapHealthChecks("/readyz", Probe("ready"));
        endpoints.MapFallback("{**path}", new LeaderName(election, services.GetRequiredService<ShownName>()).GetAsync);
    }

    /// <summary>Names the only election there is, which the answers look for in the path.</summary>
    private static RequestDelegate OfTheElection(RequestDelegate serve) => context =>
    {
        context.Request.RouteValues["name"] = ElectionDirectory.Default;
        return serve(context);
    };

    private static HealthCheckOptions Probe(string tag) => new()
    {
        Predicate = check => check.Tags.Contains(tag),
        ResponseWriter = (context, report) =>
        {
            HealthReportEntry entry = report.Entries.Values.Single();
            return context.Response.WriteAsync($"{entry.Status}: {entry.Description}\n", context.RequestAborted);
        },
    };
}
