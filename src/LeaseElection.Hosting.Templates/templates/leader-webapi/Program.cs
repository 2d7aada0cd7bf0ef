using Leader._1;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddLeaderElection().AddWork<LeaderJob>();

WebApplication app = builder.Build();
app.MapHealthChecks("/livez", new() { Predicate = check => check.Tags.Contains("live") });
app.MapHealthChecks("/readyz", new() { Predicate = check => check.Tags.Contains("ready") }); // A standby is ready: rolling updates go on.
app.MapLeaderElection("/leader-election"); // Who leads: JSON, a page in a browser, and 200 or 503 below /default/leader.

app.MapGet("/", () => "Any replica answers this.");
app.MapPost("/run", () => "The leader alone answers this.").RequireLeadership();

await app.RunAsync();
