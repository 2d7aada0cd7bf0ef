using System.Globalization;
using System.Runtime.InteropServices;
using LeaseElection.Hosting;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Soak.Replicas;

/// <summary>
/// One replica, run as a process of its own. Signals are its only commands: its streams belong to whoever guards it.
/// </summary>
internal static class ReplicaProgram
{
    /// <summary>Steps down.</summary>
    public const UnixSignal StepDown = UnixSignal.User1;

    /// <summary>Writes down what it holds.</summary>
    public const UnixSignal Measure = UnixSignal.User2;

    public static async Task RunAsync(string[] args)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
        ReplicaSettings settings = builder.Configuration.GetRequiredSection(ReplicaSettings.SectionName).Get<ReplicaSettings>()!;
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        using var journal = new LineFile(settings.Journal);
        using var vitals = new LineFile(settings.Vitals);
        using var pauses = new PauseWatch(vitals);
        for (int i = 0; i < settings.Elections; i++)
        {
            var work = new SoakWork(settings, i, journal);
            Add(builder, i).AddWork((_, term, stoppingToken) => work.ExecuteAsync(term, stoppingToken));
        }

        using IHost host = builder.Build();
        ILeaderElection election = host.Services.GetRequiredService<ILeaderElection>();
        ILeaderElection[] all =
        [
            .. Enumerable.Range(0, settings.Elections).Select(i => host.Services.GetRequiredKeyedService<ILeaderElection>(NameOf(i)))
        ];
        using var stepDown = PosixSignalRegistration.Create((PosixSignal)StepDown, context =>
        {
            context.Cancel = true;
            foreach (ILeaderElection one in all)
                _ = one.StepDownAsync(); // Whoever asked sees it in the journal.
        });
        using var measure = PosixSignalRegistration.Create((PosixSignal)Measure, context =>
        {
            context.Cancel = true;
            vitals.Write(Vitals.Measure());
        });
        await host.StartAsync();
        Task observing = ObserveAsync(election, vitals);
        await host.WaitForShutdownAsync();
        await observing;
    }

    /// <summary>The first has no name, as the only one of most apps; the others have their lease's.</summary>
    private static LeaderElectionBuilder Add(HostApplicationBuilder builder, int number)
    {
        if (NameOf(number) is not { Length: > 0 } name)
            return builder.Services.AddLeaderElection();
        string? identity = builder.Configuration["LeaderElection:Identity"]; // All have that of the process, by which its pauses are known.
        return builder.Services.AddLeaderElection(name, options => (options.LeaseName, options.Identity) = (name, identity));
    }

    private static string NameOf(int number) =>
        number == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{ReplicaSet.LeaseName}-{number}");

    /// <summary>Tells whom this replica sees leading the first election, until the election has stopped.</summary>
    private static async Task ObserveAsync(ILeaderElection election, LineFile vitals)
    {
        await foreach (LeaderElectionStatus status in election.WatchAsync())
            vitals.Write($"{VitalLines.Saw} {status.HolderIdentity ?? VitalLines.Nobody}");
    }
}
