using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests;

/// <summary>What one term leaves behind, times a thousand.</summary>
[Collection(nameof(WholeProcess))]
public sealed class ManyTermsTests(ITestOutputHelper output) : HostTest
{
    private const int Terms = 1000;

    private readonly TermLog _log = new();

    [Fact]
    public async Task BackAndForthBetweenTwoHosts_NothingIsLeft()
    {
        ElectionHost[] hosts = [NewReplica("a"), NewReplica("b")];
        foreach (ElectionHost host in hosts)
            await host.StartAsync();
        await Server.UntilAsync(server => server.OpenWatches == 2);
        await HandOverAsync(hosts, 20);
        (int timers, int threads, long memory) before = Measure();

        await HandOverAsync(hosts, Terms);
        (int timers, int threads, long memory) after = Measure();
        output.WriteLine(
            $"After {Terms} more terms: {_log.Alive} of {_log.Starts} instances alive, {after.timers} timers (before: {before.timers}), "
            + $"{after.threads} threads ({before.threads}), {Server.OpenWatches} watches, {(after.memory - before.memory) / 1024} KiB more "
            + $"memory");

        Assert.InRange(_log.Alive, 0, hosts.Length); // The one at work, and the last of the other host.
        Assert.InRange(after.timers, 0, before.timers + 2);
        Assert.InRange(after.threads, 0, before.threads + 8);
        Assert.Equal((2, 0), (Server.OpenWatches, Server.RequestsUnderWay));

        // Two records that the server keeps and a weak reference, a term; the rest is for what else the process does.
        Assert.InRange(after.memory - before.memory, long.MinValue, Terms * 2048);

        foreach (ElectionHost host in hosts.OrderBy(host => host.Election.IsLeader)) // Nobody to take over from the last.
            await host.StopAsync();
        Assert.Equal(_log.Starts, _log.Stops);
        Assert.Equal(1, _log.MostAtOnce);
        Assert.Equal(_log.Starts, Server.Written.Count(record => record.HolderIdentity!.Length == 0));
        Assert.Equal(0, Server.OpenWatches);
        await AdvanceUntilAsync(() => Time.Timers == 0);
    }

    private ElectionHost NewReplica(string identity)
    {
        ElectionHost host = NewHost(identity);
        host.Builder.Logging.ClearProviders(); // They would keep every line.
        host.Services.AddSingleton(_log);
        host.AddElection().AddHostedService<LeaderService>();
        return host;
    }

    private async Task HandOverAsync(ElectionHost[] hosts, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await _log.RunningAsync();
            ElectionHost leader = hosts.Single(host => host.Election.IsLeader);
            await leader.Election.StepDownAsync().WaitAsync(Signal.Patience);
        }

        await _log.RunningAsync();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (int Timers, int Threads, long Memory) Measure()
    {
        long memory = 0;
        for (int i = 0; i < 3; i++)
        {
            memory = GC.GetTotalMemory(forceFullCollection: true);
            GC.WaitForPendingFinalizers();
        }

        using Process process = Process.GetCurrentProcess();
        return (Time.Timers, process.Threads.Count, memory);
    }

    /// <summary>What the instances of all terms did; knows them by weak reference only.</summary>
    private sealed class TermLog
    {
        private readonly ConcurrentBag<WeakReference> _instances = [];
        private readonly TestWork _work = new();

        public int Alive => _instances.Count(instance => instance.IsAlive);

        public int Starts => _work.Starts;

        public int Stops => _work.Stops;

        public int MostAtOnce => _work.MostAtOnce;

        public Task RunningAsync() => _work.RunningAsync();

        public void Add(object instance) => _instances.Add(new WeakReference(instance));

        public Task RunAsync(CancellationToken stoppingToken) => _work.RunAsync(null!, null!, stoppingToken);
    }

    private sealed class LeaderService : BackgroundService
    {
        private readonly TermLog _log;

        public LeaderService(TermLog log)
        {
            _log = log;
            log.Add(this);
        }

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => _log.RunAsync(stoppingToken);
    }
}
