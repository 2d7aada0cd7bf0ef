using System.Globalization;
using System.Runtime.InteropServices;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes.Announcing;
using LeaseElection.Hosting.Time;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.ClusterTests.Faults.Processes;

/// <summary>
/// One replica as a process of its own, configured by its command line, to be killed, stopped and starved for real. Its work runs on a
/// thread of its own, acts every few milliseconds as long as it is sure to lead, and writes a journal.
/// </summary>
internal static class Replica
{
    /// <summary>Begins the starvation that its command line tells of.</summary>
    public const UnixSignal Starve = UnixSignal.User1;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);
    private static readonly Lock Gate = new();

    public static Task RunAsync(string[] args)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<HostOptions>(options =>
            options.ShutdownTimeout = TimeSpan.FromSeconds(builder.Configuration.GetValue("Fault:ShutdownSeconds", 30)));
        bool isDeaf = builder.Configuration.GetValue("Fault:Deaf", false);
        int starveSeconds = builder.Configuration.GetValue("Fault:StarveSeconds", 0);
        builder.Services.AddLeaderElection().AddWork((_, term, stoppingToken) =>
        {
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var thread = new Thread(() => Work(term, isDeaf, ended, stoppingToken)) { IsBackground = true };
            thread.Start();
            return ended.Task;
        });

        // What a busy API server may need, where the label of a Pod must be gone with its process.
        if (builder.Configuration.GetValue("Fault:LabelSeconds", 0) is > 0 and var labelSeconds)
        {
            builder.Services.AddSingleton(services => new AnnouncerFactory(
                services.GetRequiredService<ProcessEnvironment>(),
                services.GetRequiredService<ElectionClock>(),
                services.GetRequiredService<ILoggerFactory>())
            {
                Patience = TimeSpan.FromSeconds(labelSeconds),
            });
        }

        return RunAsync(builder.Build(), starveSeconds, builder.Configuration.GetValue("Fault:Lingers", false));
    }

    private static async Task RunAsync(IHost host, int starveSeconds, bool lingers)
    {
        using var starve = PosixSignalRegistration.Create((PosixSignal)Starve, context =>
        {
            context.Cancel = true;
            Starvation.Begin(TimeSpan.FromSeconds(starveSeconds));
        });
        try
        {
            await host.RunAsync();
        }
        finally
        {
            if (lingers) // Whatever its host thinks of its end.
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        }
    }

    private static void Work(LeadershipTerm term, bool isDeaf, TaskCompletionSource ended, CancellationToken stoppingToken)
    {
        long deadline = long.MaxValue;
        Write(WorkJournal.StartLine(term));
        using CancellationTokenRegistration told = stoppingToken.UnsafeRegister(_ => Told(term, Volatile.Read(ref deadline)), null);
        using var pause = new ManualResetEventSlim();
        while (isDeaf || !stoppingToken.IsCancellationRequested)
        {
            long now = WorkJournal.Now; // Before the look: a process that is stopped after it acts on what it saw then.
            TimeSpan left = term.TimeLeft;
            if (left > TimeSpan.Zero)
            {
                Volatile.Write(ref deadline, now + (long)(left.TotalSeconds * TimeProvider.System.TimestampFrequency));
                Write(WorkJournal.ActLine(term, now));
            }

            pause.Wait(Pace, CancellationToken.None);
        }

        Write(WorkJournal.EndLine(term));
        ended.SetResult();
    }

    /// <summary>On the thread that tells work to stop: how many milliseconds after the deadline that was known last.</summary>
    private static void Told(LeadershipTerm term, long deadline) => Write(string.Create(
        CultureInfo.InvariantCulture,
        $"told {TimeProvider.System.GetElapsedTime(deadline, WorkJournal.Now).TotalMilliseconds:0.0} {term.FencingToken}"));

    private static void Write(string line)
    {
        lock (Gate)
            Console.Out.WriteLine(line);
    }
}
