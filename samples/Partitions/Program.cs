using Partitions;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.Services.AddLeaderElection().AddPartitionedWork<Orders>(); // Into how many partitions, appsettings.json says.
await builder.Build().RunAsync();
