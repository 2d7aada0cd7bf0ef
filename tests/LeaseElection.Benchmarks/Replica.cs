using LeaseElection.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Benchmarks;

/// <summary>
/// One replica, run as a process of its own and configured by environment variables as in a pod. Its work does nothing but tell when
/// it starts and ends.
/// </summary>
internal static class Replica
{
    public const string Command = "replica";
    public const string WebCommand = "web-replica";

    public static Task RunAsync()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        Configure(builder);
        return builder.Build().RunAsync();
    }

    /// <summary>The same with the endpoints, and step-down for everybody.</summary>
    public static Task RunWebAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        Configure(builder);
        WebApplication app = builder.Build();
        app.MapLeaderElection("/leader-election", options => options.MapStepDown(endpoint => endpoint.AllowAnonymous()));
        return app.RunAsync();
    }

    private static void Configure(IHostApplicationBuilder builder)
    {
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.AddHostedService<Observer>();
        builder.Services.AddLeaderElection().AddWork(async (_, term, stoppingToken) =>
        {
            Journal.Write(Journal.Started, term.Identity);
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (stoppingToken.Register(stopped.SetResult))
                await stopped.Task;
            Journal.Write(Journal.Stopped, term.Identity);
        });
    }

    /// <summary>Tells whom this replica sees leading, so that the parent knows when all of them have settled.</summary>
    private sealed class Observer(ILeaderElection election) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await foreach (LeaderElectionStatus status in election.WatchAsync(stoppingToken))
            {
                if (status.HolderIdentity is { } holder)
                    Journal.Write(Journal.Seen, holder);
            }
        }
    }
}
