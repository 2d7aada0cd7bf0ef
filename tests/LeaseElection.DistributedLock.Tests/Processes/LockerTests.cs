using LeaseElection.Hosting;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using LeaseElection.Testing.Proxy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.DistributedLock.Tests.Processes;

/// <summary>Processes that are really killed and stopped while they hold a lock on a real API server, which is killed too.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class LockerTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    /// <summary>Holders between one fault and the next.</summary>
    private const int Quiet = 10;

    /// <summary>The only one that is stopped: it notes the end of what it was in the middle of when it is woken.</summary>
    private const string Stopped = "a";

    /// <summary>200 holders where minutes may be taken, else as many as it takes to see each fault once.</summary>
    [ApiServerFact]
    public async Task Processes_KilledStoppedAndServerRestarted_OneHolderAtATime()
    {
        int holders = LongForm.IsAskedFor ? 200 : 4 * Quiet;
        await using LockScene scene = await LockScene.OpenAsync(fixture.Server);
        List<JournaledProcess> processes = [];
        foreach (string identity in (string[])[Stopped, "b", "c", "d"])
            processes.Add(await scene.StartAsync(identity));

        int faults = 0;
        for (int seen = 0; seen < holders; faults++)
        {
            seen = await HoldersAsync(scene, processes, seen + Quiet);
            switch (faults % 3)
            {
                case 0:
                    await KillHolderAsync(scene, processes, faults);
                    break;
                case 1:
                    await StopHolderAsync(scene, processes);
                    break;
                default:
                    await scene.Server.RestartAsync();
                    break;
            }
        }

        await HoldersAsync(scene, processes, scene.Journal.Spans.Count + Quiet);
        foreach (JournaledProcess process in processes)
        {
            process.Send(UnixSignal.Kill);
            await process.ExitedAsync();
        }

        WorkReport report = scene.Journal.AssertSound(Stopped);
        Assert.True(report.Terms >= holders, $"{report.Terms} holders");
        output.WriteLine(
            $"{report.Terms} holders one after the other in 4 processes, {report.HandOvers} of them "
                + $"in another process than the one before, "
            + $"{faults} faults, longest time without a holder {report.LongestGap.TotalSeconds:0.0} s; "
            + $"overlaps 0, each token greater than the last.");
    }

    /// <summary>What counts is when the lock is seen to be free, not who waits for it: nobody does.</summary>
    [ApiServerFact]
    public async Task TryAcquire_WithZeroInALoop_ObtainsADeadHoldersLockWhenItsTimeIsUp()
    {
        await using LockScene scene = await LockScene.OpenAsync(fixture.Server);
        await using FaultProxy proxy = await FaultProxy.StartAsync(scene.Server);
        JournaledProcess holder = await scene.StartAsync("holder", proxy);
        await holder.WorksAsync();
        holder.Send(Locker.Linger);
        await holder.SaysAsync(Locker.Lingers);
        using IHost host = HostOf(scene);
        LeaseLock one = host.Services.GetRequiredService<LeaseLockProvider>().CreateLock(Locker.LockName);
        Assert.Null(await TryAsync(one));
        long since = WorkJournal.Now;
        int attempts = 0;
        LeaseLockHandle? handle = null;
        Task obtained = Polling.UntilAsync(
            async () =>
            {
                attempts++;
                handle = await TryAsync(one);
                return handle is not null;
            },
            Signal.Patience);

        // What was renewed before anybody looked counts from the first look.
        await Polling.UntilAsync(
            () => Task.FromResult(
                proxy.Requests.Newest.Any(request => request is { Verb: "update", Status: 200 } && request.Arrived > since)),
            Signal.Patience);
        holder.Send(UnixSignal.Kill);
        await holder.ExitedAsync();
        long last = proxy.Requests.Newest.Last(request => request is { Verb: "update" or "create", Status: 200 or 201 }).Arrived;
        await obtained;
        TimeSpan waited = TimeProvider.System.GetElapsedTime(last, WorkJournal.Now);
        await handle!.DisposeAsync();

        output.WriteLine($"obtained {waited.TotalMilliseconds:0} ms after the last renewal of a lease of {LockScene.LeaseDuration}, by "
            + $"attempt {attempts}");
        Assert.True(waited >= LockScene.LeaseDuration, $"{waited}");
        Assert.True(waited < LockScene.LeaseDuration * 2, $"{waited}"); // A machine with other things to do may need so much, but not more.
        scene.Journal.AssertSound();
    }

    [ApiServerFact]
    public async Task ThousandLocks_TakenAndReleased_NothingIsLeftOfThem()
    {
        await using LockScene scene = await LockScene.OpenAsync(fixture.Server);

        string said = await scene.RunAsync(Footprint.Command);

        output.WriteLine(said);
        Footprint[] footprints = [.. said.Split('\n').Select(Footprint.Parse).OfType<Footprint>()];
        Assert.Equal(3, footprints.Length);
        (Footprint before, Footprint after) = (footprints[1], footprints[2]);
        Assert.True(after.Sockets <= before.Sockets + 1, said);
        Assert.True(after.Threads <= before.Threads + 4, said);
        Assert.True(after.Timers <= before.Timers + 2, said);
        Assert.True(after.Bytes <= before.Bytes + 1_000_000, said);
    }

    /// <summary>One attempt. That there was no answer in time says nothing of the lock: it was not obtained, and the next may be.</summary>
    private static async Task<LeaseLockHandle?> TryAsync(LeaseLock one)
    {
        try
        {
            return await one.TryAcquireAsync();
        }
        catch (LeaseStoreException exception) when (SlowAnswer.IsTold(exception.Message))
        {
            return null;
        }
    }

    private static IHost HostOf(LockScene scene)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (string[] setting in scene.SettingsFor("tries").Select(setting => setting.Split('=', 2)))
            builder.Configuration["LeaseLocks:" + setting[0]] = setting[1];
        builder.Services.AddLeaseLocks();
        return builder.Build();
    }

    /// <summary>
    /// Waits until there have been so many, of all or after a term: what others wrote before that term may not have been read yet.
    /// </summary>
    private static async Task<int> HoldersAsync(
        LockScene scene, List<JournaledProcess> processes, int count, FencingToken after = default)
    {
        int Seen() => scene.Journal.Spans.Count(span => span.Token > after);
        await Polling.UntilAsync(
            () =>
            {
                foreach (JournaledProcess process in processes)
                    process.Read();
                return Task.FromResult(Seen() >= count);
            },
            Signal.Patience,
            () => $"{count} holders after {after}; there were {Seen()}");
        return Seen();
    }

    private static async Task KillHolderAsync(LockScene scene, List<JournaledProcess> processes, int fault)
    {
        JournaledProcess victim = processes[1 + (fault % 3)];
        await victim.WorksAsync();
        victim.Send(Locker.Linger);
        await victim.SaysAsync(Locker.Lingers);
        victim.Send(UnixSignal.Kill);
        await victim.ExitedAsync();
        processes[processes.IndexOf(victim)] = await scene.StartAsync($"{victim.Identity}{fault}");
    }

    private static async Task StopHolderAsync(LockScene scene, List<JournaledProcess> processes)
    {
        JournaledProcess victim = processes[0];
        FencingToken before = scene.Journal.Spans[^1].Token;
        victim.Send(Locker.Linger);
        FencingToken token = default;
        await victim.SaysAsync(Locker.Lingers, words => FencingToken.TryParse(words[0], out token) && token >= before);
        WorkSpan held = scene.Journal.Spans.Single(span => span.Token == token);
        await victim.PauseAsync();
        await HoldersAsync(scene, processes, Quiet, after: token);
        victim.Send(UnixSignal.Continue);
        await Polling.UntilAsync(
            () =>
            {
                victim.Read();
                return Task.FromResult(victim.EndOf(held) is not null);
            },
            Signal.Patience);
    }
}
