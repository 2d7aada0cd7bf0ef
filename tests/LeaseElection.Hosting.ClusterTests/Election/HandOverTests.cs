using System.Diagnostics;
using System.Net.NetworkInformation;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.Hosting;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Election;

/// <summary>Terms that come and go between hosts of one process, over real connections.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class HandOverTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private const int Terms = 100;

    private RealApiServer Server => fixture.Server;

    [ApiServerFact]
    public async Task HundredTermsOfABackgroundService_OneAtATime_LeaveNothingBehind()
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        ApiServerUser user = await Server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "create", "update", "watch"));
        Journal.Reset();
        await using ClusterHost first = await ClusterHost.StartAsync(
            Server, user, leaseNamespace, work: election => election.AddHostedService<Journal>());
        await first.LeadsAsync();
        await using ClusterHost second = await ClusterHost.StartAsync(
            Server, user, leaseNamespace, work: election => election.AddHostedService<Journal>());
        await second.UntilAsync(status => status.HolderIdentity == first.Election.Identity);

        ClusterHost[] hosts = [first, second];
        FencingToken token = default;
        Census? before = null;
        for (int term = 0; term < Terms; term++)
        {
            LeadershipTerm led = await hosts[term % 2].LeadsAsync();
            Assert.True(led.FencingToken > token, "tokens must increase");
            token = led.FencingToken;
            await Journal.RunsAsync();
            if (term == 10)
                before = Take(Server.Url.Port); // Pools and caches have filled by now.
            await hosts[term % 2].Election.StepDownAsync();
        }

        await hosts[Terms % 2].LeadsAsync();
        await Journal.RunsAsync();
        Census after = before!;
        try
        {
            // What a busy machine still has to close, and the threads that it needed meanwhile, go by
            // themselves; what was left behind stays.
            await Polling.UntilAsync(
                () => Task.FromResult((after = Take(Server.Url.Port)).IsNoMoreThan(before!)), Signal.Patience,
                what: "no more than after 10 terms");
        }
        finally
        {
            output.WriteLine(
                $"after 10 terms: {before}; after {Terms}: {after}; at most {Journal.Most} at a time, {Journal.Made} instances");
        }

        Assert.Equal(1, Journal.Most);
        Assert.Equal(Terms + 1, Journal.Made);
    }

    private static Census Take(int port)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        int connections = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Count(connection => connection.RemoteEndPoint.Port == port && connection.State == TcpState.Established);
        using var process = Process.GetCurrentProcess();
        return new Census(
            Journal.Alive(), Timer.ActiveCount, connections, process.Threads.Count, GC.GetTotalMemory(forceFullCollection: true));
    }

    private sealed record Census(int Alive, long Timers, int Connections, int Threads, long Bytes)
    {
        /// <summary>But for what differs by chance. One of anything for each term would be ninety.</summary>
        public bool IsNoMoreThan(Census before) => Alive is 1 or 2
            && Timers <= before.Timers + 2
            && Connections <= before.Connections + 2
            && Threads <= before.Threads + 32 // What the thread pool may begin with.
            && Bytes <= before.Bytes + 2_000_000;
    }

    /// <summary>A background service that knows nothing of leaders.</summary>
    private sealed class Journal : BackgroundService
    {
        private static readonly List<WeakReference> Instances = [];
        private static readonly SemaphoreSlim Begun = new(0);
        private static int _running;

        public Journal()
        {
            lock (Instances)
                Instances.Add(new WeakReference(this));
        }

        public static int Made => Instances.Count;

        public static int Most { get; private set; }

        public static void Reset()
        {
            Instances.Clear();
            Most = 0;
        }

        public static int Alive() => Instances.Count(instance => instance.IsAlive);

        public static async Task RunsAsync() => Assert.True(await Begun.WaitAsync(TimeSpan.FromSeconds(30)));

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            Most = Math.Max(Most, Interlocked.Increment(ref _running));
            Begun.Release();
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (stoppingToken.Register(stopped.SetResult))
                await stopped.Task;
            Interlocked.Decrement(ref _running);
        }
    }
}
