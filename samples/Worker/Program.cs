using Serilog;
using Worker;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.Logging.ClearProviders().AddSerilog(
    new LoggerConfiguration().ReadFrom.Configuration(builder.Configuration).CreateLogger(), dispose: true);
builder.Services.AddLeaderElection().AddWork<NightlySettlement>();
await builder.Build().RunAsync();
