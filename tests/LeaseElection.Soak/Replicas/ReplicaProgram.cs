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
        var work = new SoakWork(settings, journal);
        builder.Services.AddLeaderElection().AddWork((_, term, stoppingToken) => work.ExecuteAsync(term, stoppingToken));
        using IHost host = builder.Build();
        ILeaderElection election = host.Services.GetRequiredService<ILeaderElection>();
        using var stepDown = PosixSignalRegistration.Create((PosixSignal)StepDown, context =>
        {
            context.Cancel = true;
            _ = election.StepDownAsync(); // Whoever asked sees it in the journal.
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

    /// <summary>Tells whom this replica sees leading, until the election has stopped.</summary>
    private static async Task ObserveAsync(ILeaderElection election, LineFile vitals)
    {
        await foreach (LeaderElectionStatus status in election.WatchAsync())
            vitals.Write($"{VitalLines.Saw} {status.HolderIdentity ?? VitalLines.Nobody}");
    }
}
