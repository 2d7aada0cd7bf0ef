using System.Globalization;
using k8s;
using LeaseElection.Canary;
using LeaseElection.Hosting;
using Microsoft.Extensions.DependencyInjection;

if (args is [ManyElections.Command, string many])
{
    await ManyElections.RunAsync(int.Parse(many, CultureInfo.InvariantCulture));
    return;
}

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
LeaderElectionBuilder election = builder.Services.AddLeaderElection().AddWork<Work>().AddHostedService<Service>();
election.AddScheduledWork("every-second", "* * * * * *", (_, run, _) =>
{
    Console.WriteLine($"runs for {run.DueAt:u}");
    return Task.CompletedTask;
});
if (builder.Configuration["ClientKubeConfig"] is { } file)
    election.UseKubernetesClient(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(file));
WebApplication app = builder.Build();
app.MapLeaderElection("/leader");
await app.RunAsync();
