using LeaseElection.Testing.Leases;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests;

/// <summary>On the clock of the machine: hand-overs take no time, and nothing here waits for any to pass.</summary>
public sealed class SeveralHostsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task ThreeReplicas_RandomStopsAndStarts_NeverTwoAtWorkAndAlwaysOne()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var server = new FakeLeaseServer(TimeProvider.System);
        var work = new TestWork();
        var replicas = new ElectionHost?[3];
        for (int i = 0; i < 100; i++)
        {
            int which = random.Next(replicas.Length);
            if (replicas[which] is { } running)
            {
                await running.StopAsync();
                await running.DisposeAsync();
                replicas[which] = null;
            }
            else
            {
                ElectionHost replica = replicas[which] = new ElectionHost(server, $"replica-{i}", TimeProvider.System);
                replica.AddElection().AddWork(work.RunAsync);
                await replica.StartAsync();
            }

            // Not after every change: a replica must also stand being stopped while it takes over.
            if (random.Next(3) > 0 && replicas.Any(replica => replica is not null))
                await work.RunningAsync();
        }

        foreach (ElectionHost? replica in replicas)
        {
            if (replica is null)
                continue;
            await replica.StopAsync();
            await replica.DisposeAsync();
        }

        Assert.Equal(1, work.MostAtOnce);
        Assert.Equal(work.Starts, work.Stops);
        Assert.Null(server.Holder);
        Assert.Equal((0, 0), (server.OpenWatches, server.RequestsUnderWay));
        output.WriteLine($"{work.Starts} terms");
    }

    [Fact]
    public async Task SeveralElectionsInOneHost_EachHasItsOwnLeaseWorkAndStatus()
    {
        var servers = new Dictionary<string, FakeLeaseServer>(StringComparer.Ordinal)
        {
            ["a"] = new(TimeProvider.System),
            ["b"] = new(TimeProvider.System),
        };
        servers["b"].Edit(_ => new Hosting.Leases.LeaseRecord
        {
            HolderIdentity = "other",
            LeaseDurationSeconds = 3600,
            AcquireTime = DateTimeOffset.UnixEpoch,
            RenewTime = DateTimeOffset.UnixEpoch,
        });
        (TestWork workOfA, TestWork workOfB) = (new TestWork(), new TestWork());
        await using var host = new ElectionHost(name => servers[name], "me", TimeProvider.System);
        host.Builder.Configuration["LeaderElection:LeaseName"] = null;
        host.Builder.Configuration["LeaderElection:a:LeaseName"] = "lease-a";
        host.Builder.Configuration["LeaderElection:b:LeaseName"] = "lease-b";
        host.AddElection("a").AddWork(workOfA.RunAsync);
        host.AddElection("b").AddWork(workOfB.RunAsync);
        await host.StartAsync();

        ILeaderElection a = host.Keyed("a"), b = host.Keyed("b");
        LeadershipTerm term = await a.WaitForLeadershipAsync().WaitAsync(LeaseElection.Testing.Signal.Patience);
        await workOfA.StartedAsync();
        await host.Logs.WaitForAsync("HolderChanged");

        Assert.Equal(("a", "b"), (a.Name, b.Name));
        Assert.Equal("lease-a", term.LeaseName);
        Assert.Equal((true, false), (a.IsLeader, b.IsLeader));
        Assert.Equal("other", b.Status.HolderIdentity);
        Assert.Equal(["leader_election:a", "leader_election:b"], (await host.CheckAllHealthAsync()).Keys.Order());
        await host.StopAsync();
        Assert.Equal((1, 1, 0), (workOfA.Starts, workOfA.Stops, workOfB.Starts));
        Assert.Equal((null, "other"), (servers["a"].Holder, servers["b"].Holder));
    }
}
