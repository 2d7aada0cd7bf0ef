using Serilog;
using Worker;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.Services.AddSerilog(logging => logging.ReadFrom.Configuration(builder.Configuration));
builder.Services.AddLeaderElection().AddWork<NightlySettlement>();
await builder.Build().RunAsync();
