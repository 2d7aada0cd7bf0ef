using System.Globalization;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Contracts;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests.Leases;

/// <summary>What only a second process can show: death, standstill and inheritance are the operating system's.</summary>
[Collection(nameof(FileLocks))]
public sealed class FileLeaseStoreProcessTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What counts as at once: a third of what the holder's lease lasts, which is what is waited for where there is no proof. It takes some
    /// 50 ms on a machine that has time for it.
    /// </summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task Watch_HolderKilled_ProvenDeadLongBeforeItsLeaseRunsOut()
    {
        await using FileLeaseStore store = Open();
        await using HolderProcess holder = await HolderProcess.StartAsync(_folder.Path);
        await using LeaseWatchReader watch = new(store, holder.ResourceVersion, Patience);
        // A first bookmark: the watch is under way.
        await ReadBookmarksAsync(watch, 1);

        long killed = TimeProvider.System.GetTimestamp();
        holder.Kill();
        LeaseEvent.HolderDead told = await watch.NextAsync<LeaseEvent.HolderDead>();
        TimeSpan latency = TimeProvider.System.GetElapsedTime(killed);

        output.WriteLine($"SIGKILL to proof: {latency.TotalMilliseconds:0.0} ms");
        Assert.Equal(holder.ResourceVersion, told.ResourceVersion);
        Assert.InRange(latency, TimeSpan.Zero, Soon);
    }

    [UnixFact]
    public async Task Watch_HolderWasDeadBefore_ToldAtOnceAndLeaseCanBeTaken()
    {
        await using HolderProcess holder = await HolderProcess.StartAsync(_folder.Path);
        await holder.KillAsync();
        await using FileLeaseStore store = Open();
        Lease dead = await ReadAsync(store);
        await using LeaseWatchReader watch = new(store, dead.ResourceVersion, Patience);

        Assert.Equal(dead.ResourceVersion, (await watch.NextAsync<LeaseEvent.HolderDead>()).ResourceVersion);
        LeaseReply taken = await store.ReplaceAsync(dead, dead.Record with { HolderIdentity = "me" }, Patience, default);

        Assert.IsType<LeaseReply.Found>(taken);
        // Of the two alive files only ours is left.
        Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "shop", "settlement"), "*.alive"));
    }

    [UnixFact]
    public async Task Watch_TwoStandbys_BothGetTheProof()
    {
        await using FileLeaseStore first = Open();
        await using FileLeaseStore second = Open();
        await using HolderProcess holder = await HolderProcess.StartAsync(_folder.Path);
        await using LeaseWatchReader firstWatch = new(first, holder.ResourceVersion, Patience);
        await using LeaseWatchReader secondWatch = new(second, holder.ResourceVersion, Patience);

        holder.Kill();

        await firstWatch.NextAsync<LeaseEvent.HolderDead>();
        await secondWatch.NextAsync<LeaseEvent.HolderDead>();
    }

    [UnixFact]
    public async Task Watch_HolderStopped_NoProofUntilItIsKilled()
    {
        await using FileLeaseStore store = Open();
        await using HolderProcess holder = await HolderProcess.StartAsync(_folder.Path);
        await using LeaseWatchReader watch = new(store, holder.ResourceVersion, Patience);

        await holder.StopAsync();

        // A second, with some twenty questions in it.
        await ReadBookmarksAsync(watch, 4);
        holder.Kill();
        await watch.NextAsync<LeaseEvent.HolderDead>();
    }

    [UnixFact]
    public async Task Watch_HolderKilledButAProgramItStartedLives_ProvenDead()
    {
        await using FileLeaseStore store = Open();
        await using HolderProcess holder = await HolderProcess.StartAsync(_folder.Path);
        int child = int.Parse(await holder.AskAsync("start child"), CultureInfo.InvariantCulture);
        try
        {
            await using LeaseWatchReader watch = new(store, holder.ResourceVersion, Patience);

            holder.Kill();

            await watch.NextAsync<LeaseEvent.HolderDead>();
            await HolderProcess.SignalAsync("0", child);
        }
        finally
        {
            await HolderProcess.SignalAsync("KILL", child);
        }
    }

    [UnixFact]
    public async Task Watch_HolderRunsWithFileLockingSwitchedOff_NoProofUntilItIsKilled()
    {
        await using FileLeaseStore store = Open();
        await using HolderProcess holder =
            await HolderProcess.StartAsync(_folder.Path, "other", ("DOTNET_SYSTEM_IO_DISABLEFILELOCKING", "1"));
        await using LeaseWatchReader watch = new(store, holder.ResourceVersion, Patience);

        await ReadBookmarksAsync(watch, 2);
        holder.Kill();
        await watch.NextAsync<LeaseEvent.HolderDead>();
    }

    [UnixFact]
    public async Task Watch_AnotherProcessReleases_ToldLongBeforeItsLeaseWouldHaveRunOut()
    {
        await using FileLeaseStore store = Open();
        await using HolderProcess holder = await HolderProcess.StartAsync(_folder.Path);
        await using LeaseWatchReader watch = new(store, holder.ResourceVersion, Patience);
        // Right after a poll, so that it is the notification that brings the news, unless the machine is very busy.
        await ReadBookmarksAsync(watch, 1);

        Task<string> begun = holder.AskAsync("release");
        Lease released = (await watch.NextAsync<LeaseEvent.Changed>()).Lease;
        long told = TimeProvider.System.GetTimestamp();
        LeaseReply taken = await store.ReplaceAsync(
            released, released.Record with { HolderIdentity = "me" }, Patience, default);
        long led = TimeProvider.System.GetTimestamp();
        long asked = long.Parse(await begun, CultureInfo.InvariantCulture);
        TimeSpan latency = TimeProvider.System.GetElapsedTime(asked, told);

        output.WriteLine(
            $"Release begun to told: {latency.TotalMilliseconds:0.0} ms, to taken: "
                + $"{TimeProvider.System.GetElapsedTime(asked, led).TotalMilliseconds:0.0} ms");
        Assert.False(released.Record.HasHolder);
        Assert.IsType<LeaseReply.Found>(taken);
        Assert.InRange(latency, TimeSpan.Zero, Soon);
    }

    [UnixFact]
    public async Task Replace_HolderKilledWhileItWrites_LeaseIsWholeAndFreeToWrite()
    {
        await using FileLeaseStore store = Open();
        for (int round = 0; round < 10; round++)
        {
            await using HolderProcess holder = await HolderProcess.StartAsync(_folder.Path, $"other-{round}");
            await holder.AskAsync("renew for ever");
            // Some renewals later, each time others; it does nothing but write, so that is where the signal finds it.
            for (int renewal = Random.Shared.Next(40); renewal > 0; renewal--)
                await holder.ReadLineAsync();
            await holder.KillAsync();

            Lease left = await ReadAsync(store);
            LeaseReply reply = await store.ReplaceAsync(left, left.Record with { HolderIdentity = "me" }, Patience, default);

            Assert.Equal($"other-{round}", left.Record.HolderIdentity);
            Assert.IsType<LeaseReply.Found>(reply);
            Assert.False(File.Exists(Path.Combine(_folder.Path, "shop", "settlement", "lease.json.tmp")));
        }
    }

    private FileLeaseStore Open() =>
        new(_folder.Path, "shop", "settlement", TimeProvider.System, NullLogger<FileLeaseStore>.Instance);

    private static async Task<Lease> ReadAsync(FileLeaseStore store) =>
        Assert.IsType<LeaseReply.Found>(await store.ReadAsync(Patience, default)).Lease;

    private static async Task ReadBookmarksAsync(LeaseWatchReader watch, int count)
    {
        for (int read = 0; read < count; read++)
            Assert.IsType<LeaseEvent.Bookmark>(await watch.NextOfAnyKindAsync());
    }
}
