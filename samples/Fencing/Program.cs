using Fencing;
using LeaseElection.Hosting;
using Microsoft.EntityFrameworkCore;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss.fff "));
builder.Services.AddLeaderElection().AddWork<Settlement>();
builder.Services.AddDbContext<SettlementContext>((services, options) =>
{
    string connection = builder.Configuration.GetConnectionString("Settlement")!;
    if (connection.StartsWith("Host=", StringComparison.OrdinalIgnoreCase))
        options.UseNpgsql(connection);
    else
        options.UseSqlite(connection);

    // --Fence=false shows what happens without.
    if (builder.Configuration.GetValue("Fence", defaultValue: true))
        options.UseLeadershipFence(services.GetRequiredService<ILeaderElection>());
});
await builder.Build().RunAsync();
