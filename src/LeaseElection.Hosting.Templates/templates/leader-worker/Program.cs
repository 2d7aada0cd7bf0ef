using Leader._1;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.Services.AddLeaderElection().AddWork<LeaderJob>();
await builder.Build().RunAsync();
