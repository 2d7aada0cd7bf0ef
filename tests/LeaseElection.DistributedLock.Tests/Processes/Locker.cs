using System.Runtime.InteropServices;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.DistributedLock.Tests.Processes;

/// <summary>
/// A process that takes one lock again and again, configured by its command line, to be killed and stopped for real. While it holds the
/// lock it acts every few milliseconds, as long as it is sure of it, and writes a journal.
/// </summary>
internal static class Locker
{
    public const string Command = "locker";
    public const string LockName = "settlement";

    /// <summary>What it says when it holds the lock and goes on so.</summary>
    public const string Lingers = "lingers";

    /// <summary>Has it hold the lock that it takes next, or has, until it loses it.</summary>
    public const UnixSignal Linger = UnixSignal.User1;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);
    private static bool _lingers;

    public static async Task RunAsync(string[] args)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.AddLeaseLocks();
        using IHost host = builder.Build();
        using var linger = PosixSignalRegistration.Create((PosixSignal)Linger, context =>
        {
            context.Cancel = true;
            Volatile.Write(ref _lingers, true);
        });
        LeaseLock settlement = host.Services.GetRequiredService<LeaseLockProvider>().CreateLock(LockName);
        while (true)
        {
            await using LeaseLockHandle handle = await settlement.AcquireAsync();
            await WorkAsync(handle);
        }
    }

    private static async Task WorkAsync(LeaseLockHandle handle)
    {
        CancellationToken lost = handle.HandleLostToken;
        Console.WriteLine(WorkJournal.StartLine(handle.Term));
        bool told = false;
        for (int act = 0; (act < 3 || Volatile.Read(ref _lingers)) && !lost.IsCancellationRequested; act++)
        {
            long now = WorkJournal.Now; // Before the look: a process that is stopped after it acts on what it saw then.
            if (handle.Term.IsHeld)
                Console.WriteLine(WorkJournal.ActLine(handle.Term, now));
            if (Volatile.Read(ref _lingers) && !told)
                Console.WriteLine($"{Lingers} {handle.FencingToken}");
            told |= Volatile.Read(ref _lingers);
            await Task.Delay(Pace, TimeProvider.System, CancellationToken.None);
        }

        Console.WriteLine(WorkJournal.EndLine(handle.Term));
        if (told)
            Volatile.Write(ref _lingers, false);
    }
}
