using LeaseElection.Hosting.AspNetCore;
using LeaseElection.Testing.Journal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Yarp.Tests.Load;

/// <summary>
/// A web app as a process of its own, one endpoint of which only the leader serves. An answer repeats what was asked and says who gives
/// it, in which term.
/// </summary>
internal static class Replica
{
    public const string Command = "replica";

    private static readonly Lock Gate = new();

    public static async Task RunAsync(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.AddLeaderElection().PublishEndpoint().AddWork((_, term, stoppingToken) => WorkAsync(term, stoppingToken));
        WebApplication app = builder.Build();
        app.MapPost("/settle", SettleAsync).RequireLeadership().ForwardToLeader();
        app.MapPost("/step-down", (ILeaderElection election) => election.StepDownAsync());
        await app.StartAsync();
        Write($"ready {app.Urls.Single()}");
        await app.WaitForShutdownAsync();
    }

    private static async Task WorkAsync(LeadershipTerm term, CancellationToken stoppingToken)
    {
        Write(WorkJournal.StartLine(term));
        await Task.Delay(
            Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Write(WorkJournal.EndLine(term));
    }

    private static async Task SettleAsync(HttpContext context)
    {
        ILeaderElection election = context.RequestServices.GetRequiredService<ILeaderElection>();
        using var reader = new StreamReader(context.Request.Body);
        string asked = await reader.ReadToEndAsync();

        // It takes a while, so that there is always something under way when a leader ends.
        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(20)), TimeProvider.System, context.RequestAborted);
        long lookedAt = WorkJournal.Now;
        if (election.Term is not { IsHeld: true } term)
        {
            await StandbyProblem.WriteAsync(context, election);
            return;
        }

        Write(WorkJournal.ActLine(term, lookedAt));
        await context.Response.WriteAsync($"{asked} {term.Identity} {term.FencingToken}");
    }

    private static void Write(string line)
    {
        lock (Gate)
            Console.Out.WriteLine(line);
    }
}
