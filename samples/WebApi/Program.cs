using k8s;
using LeaseElection.Hosting;
using Serilog;
using WebApi;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddSerilog(logging => logging.ReadFrom.Configuration(builder.Configuration));
builder.AddTelemetry();
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, LeaderJson.Default));
builder.Services.AddLeaderElection()
    .UseKubernetesClient(() => KubernetesClientConfiguration.IsInCluster() ? KubernetesClientConfiguration.InClusterConfig() : null)
    .AddHostedService<ExpiredCartSweeper>(); // A BackgroundService as any other; here it runs on the leader only.

WebApplication app = builder.Build();
app.UseSerilogRequestLogging(RequestLog.Configure);
app.MapHealthChecks("/livez", Probe.Of("live"));
app.MapHealthChecks("/readyz", Probe.Of("ready"));
app.MapGet("/leader", (ILeaderElection election, HttpResponse response) =>
{
    response.Headers.CacheControl = "no-store";
    return Leader.Of(election);
});
app.MapPost("/sweep", () => "swept").RequireLeadership(); // 503 with Retry-After on a standby.
app.MapLeaderElection("/leader-election"); // Who leads, as JSON and as events; 200 or 503 for load balancers.
await app.RunAsync();
