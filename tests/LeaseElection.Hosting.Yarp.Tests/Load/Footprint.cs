using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Yarp.Tests.Load;

/// <summary>What a process uses that leads, and was never asked to forward anything.</summary>
/// <param name="Sockets">Those it has open.</param>
/// <param name="Threads">All but the pool's.</param>
/// <param name="Timers">Those that run.</param>
internal sealed record Footprint(int Sockets, int Threads, long Timers)
{
    public const string Command = "footprint";

    /// <summary>Set: the app publishes its endpoint, and would forward.</summary>
    public const string Forwarding = "Forwarding";

    public static async Task RunAsync(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        bool forwards = builder.Configuration[Forwarding] is not null;
        LeaderElectionBuilder election = builder.Services.AddLeaderElection();
        if (forwards)
            election.PublishEndpoint();
        await using WebApplication app = builder.Build();
        RouteHandlerBuilder settle = app.MapPost("/settle", () => "settled").RequireLeadership();
        if (forwards)
            settle.ForwardToLeader();
        await app.StartAsync();
        await app.Services.GetRequiredService<ILeaderElection>().WaitForLeadershipAsync();
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, CancellationToken.None); // What is only for the start goes.
        Console.WriteLine(Take());
    }

    public static Footprint? Parse(string line) =>
        line.Split(' ') is ["footprint", _, string sockets, _, string threads, _, string timers]
            ? new Footprint(Number(sockets), Number(threads), Number(timers))
            : null;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"footprint sockets {Sockets} threads {Threads} timers {Timers}");

    private static Footprint Take() => new(
        Directory.GetFiles("/proc/self/fd").Count(IsSocket),
        Directory.GetDirectories("/proc/self/task").Count(thread => !IsOfThePool(thread)),
        Timer.ActiveCount);

    private static bool IsSocket(string descriptor) =>
        new FileInfo(descriptor).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;

    /// <summary>Those come and go as they please.</summary>
    private static bool IsOfThePool(string thread) =>
        File.ReadAllText(Path.Combine(thread, "comm")).StartsWith(".NET TP", StringComparison.Ordinal);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
