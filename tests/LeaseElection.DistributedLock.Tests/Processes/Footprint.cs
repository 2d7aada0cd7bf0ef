using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.DistributedLock.Tests.Processes;

/// <summary>What a process uses, in a process that does nothing but take locks.</summary>
internal sealed record Footprint(int Sockets, int Threads, long Timers, long Bytes)
{
    public const string Command = "footprint";

    private const int Locks = 1000;

    /// <summary>Takes locks of a thousand names, ten at a time, and of another thousand, and says each time what that has left.</summary>
    public static async Task RunAsync(string[] args)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
        builder.Logging.ClearProviders();
        builder.Services.AddLeaseLocks();
        using IHost host = builder.Build();
        LeaseLockProvider locks = host.Services.GetRequiredService<LeaseLockProvider>();
        Console.WriteLine(await TakeAsync());
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < Locks; i += 10)
                await Task.WhenAll(Enumerable.Range(i, 10).Select(name => UseAsync(locks.CreateLock($"order-{round}-{name}"))));
            Console.WriteLine(await TakeAsync());
        }
    }

    public static Footprint? Parse(string line) =>
        line.Split(' ') is ["footprint", _, string sockets, _, string threads, _, string timers, _, string bytes]
            ? new Footprint(Number(sockets), Number(threads), Number(timers), long.Parse(bytes, CultureInfo.InvariantCulture))
            : null;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"footprint sockets {Sockets} threads {Threads} timers {Timers} bytes {Bytes}");

    private static async Task UseAsync(LeaseLock @lock)
    {
        await using LeaseLockHandle handle = await @lock.AcquireAsync();
        handle.Term.ThrowIfLost();
    }

    /// <summary>What ends by itself, a connection that is not used or a timer of the past, has a moment to do so.</summary>
    private static async Task<Footprint> TakeAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None);
        long bytes = GC.GetTotalMemory(forceFullCollection: true);
        int sockets = Directory.GetFiles("/proc/self/fd").Count(IsSocket);
        return new Footprint(sockets, Directory.GetDirectories("/proc/self/task").Length, Timer.ActiveCount, bytes);
    }

    private static bool IsSocket(string descriptor) =>
        new FileInfo(descriptor).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
