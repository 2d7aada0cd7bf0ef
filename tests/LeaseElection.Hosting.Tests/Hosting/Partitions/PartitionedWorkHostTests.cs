using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Partitions;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Tests;

/// <summary>Partitioned work in real hosts: how it begins and ends with them, and what they show of it.</summary>
public sealed class PartitionedWorkHostTests : HostTest
{
    private const int Count = 4;

    private readonly List<PartitionRuns> _runs = [];

    [Fact]
    public async Task Start_OneHost_WorksOnAllBesideItsElection()
    {
        (ElectionHost host, PartitionRuns runs) = NewPartitioned("a");
        host.AddElection().AddWork(Work.RunAsync);

        await host.StartAsync();
        await UntilAsync(() => runs.Running == Count);
        await Work.StartedAsync();

        Assert.Equal(Count, PartitionsOf(host).Count);
        await UntilAsync(() => PartitionsOf(host).Partitions.All(status => status.IsHeldHere));
        HealthReportEntry health = await host.CheckHealthAsync();
        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal("Leading. Works on 4 of 4 partitions.", health.Description);
        Assert.Equal((Count, Count, 0), (health.Data["partitions"], health.Data["partitionsHeld"], health.Data["partitionsUnowned"]));
    }

    [Fact]
    public async Task Stop_AllWorkIsToldAtOnce_AndEndsBeforeOtherServicesStop()
    {
        (ElectionHost host, PartitionRuns runs) = NewPartitioned("a");
        bool othersStop = false;
        host.Services.AddSingleton<IHostedService>(new Lifecycle { OnStop = () => othersStop = true });
        host.AddElection().AddWork(Work.RunAsync);
        await host.StartAsync();
        await UntilAsync(() => runs.Running == Count);
        await Work.StartedAsync();
        runs.Obeys = false;
        Work.Obeys = false;

        Task stopping = host.StopAsync();
        await runs.UntilAsync(() => runs.Told == Count);
        await Work.ToldToStopAsync();
        Assert.False(stopping.IsCompleted);
        Assert.False(othersStop);

        runs.Return();
        Work.Return();
        await stopping;
        Assert.Equal(0, runs.Running);
        Assert.All(PartitionsOf(host).Partitions, status => Assert.False(status.IsHeldHere));
    }

    /// <summary>As where it is the election's own: a release that is cut off costs the others a whole lease.</summary>
    [Fact]
    public async Task Stop_PartitionsAreBeingReleasedWhenTheTokenFires_AreAwaited()
    {
        var group = new FakeLeaseGroup();
        Leases = group;
        (ElectionHost host, PartitionRuns runs) = NewPartitioned("a");
        await host.StartAsync();
        await UntilAsync(() => runs.Running == Count && PartitionsOf(host).Partitions.All(status => status.IsHeldHere));
        runs.Obeys = false;
        using var token = new CancellationTokenSource();

        Task stopping = host.Host.StopAsync(token.Token);
        await runs.UntilAsync(() => runs.Told == Count);
        Time.Advance(TimeSpan.FromSeconds(3)); // More than there is where the host has no more time.
        group.WriteError = new LeaseStoreError(LeaseStoreErrorKind.ServerError, "It is down.");
        runs.Return();
        await PartitionWorld.WithoutTimeAsync(
            () => ((ElectionPartitions)PartitionsOf(host)).Snapshot.Elections.All(
                election => election?.Snapshot.State == LeaderElectionState.Releasing),
            "all to be released");
        await token.CancelAsync();
        group.WriteError = null;

        await UntilAsync(() => stopping.IsCompleted);
        await stopping;
        Assert.Empty(host.Logs.Named("Abandoned"));
        Lease[] partitions =
            [.. group.Leases.Where(lease => lease.Key.StartsWith("settlement-", StringComparison.Ordinal)).Select(lease => lease.Value)];
        Assert.Equal(Count, partitions.Length);
        Assert.All(partitions, lease => Assert.False(lease.Record.HasHolder));
    }

    /// <summary>Nobody is known to own nothing: without a word here all would look well while nobody works.</summary>
    [Fact]
    public async Task Health_LeasesMayNotBeListed_DegradedAfterALease_AndWellWhenTheyMay()
    {
        var group = new FakeLeaseGroup { ListError = new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "The verb list is missing.") };
        Leases = group;
        (ElectionHost host, PartitionRuns runs) = NewPartitioned("a");
        await host.StartAsync();
        await host.Logs.WaitForAsync("GroupListFailed");
        DateTimeOffset later = Time.GetUtcNow() + TimeSpan.FromSeconds(20);
        await UntilAsync(() => Time.GetUtcNow() >= later);

        HealthReportEntry health = await host.CheckHealthAsync();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("Who owns partitions has not been known", health.Description, StringComparison.Ordinal);

        group.ListError = null;
        await UntilAsync(() => runs.Running == Count && PartitionsOf(host).Partitions.All(status => status.IsHeldHere));
        Assert.DoesNotContain("has not been known", (await host.CheckHealthAsync()).Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_Hosts_ShareAndHandOver()
    {
        (ElectionHost first, PartitionRuns firstRuns) = NewPartitioned("a");
        (ElectionHost second, PartitionRuns secondRuns) = NewPartitioned("b");
        await first.StartAsync();
        await second.StartAsync();
        await UntilAsync(() => firstRuns.Running == Count / 2 && secondRuns.Running == Count / 2);

        Task stopping = second.StopAsync();
        await UntilAsync(() => firstRuns.Running == Count && stopping.IsCompleted);
        Assert.Equal(0, secondRuns.Running);
    }

    [Fact]
    public async Task Work_StopsItsOwnHostAndAwaitsIt_DoesNotWaitForItself()
    {
        ElectionHost host = NewHost("a");
        host.AddElection().AddPartitionedWork(
            async (_, partition, _, token) =>
            {
                if (partition.Index == 0)
                    await host.Host.StopAsync(CancellationToken.None);
                await Task.Delay(
                    Timeout.InfiniteTimeSpan, TimeProvider.System, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            },
            2);
        await host.StartAsync();
        await UntilAsync(() => host.Logs.Named("HostStoppedByWork").Count > 0);
    }

    [Fact]
    public async Task Start_NumberThatCannotBe_IsRefused()
    {
        ElectionHost host = NewHost("a");
        host.Builder.Configuration["LeaderElection:Partitions:Count"] = "0";
        host.AddElection().AddPartitionedWork((_, _, _, _) => Task.CompletedTask);

        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.StartsWith("LeaderElection:Partitions:Count is 0,", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Partitions_OfNamedElections_AreFoundByKey()
    {
        ElectionHost host = NewHost("a");
        host.AddElection("reports", options => options.LeaseName = "reports").AddPartitionedWork((_, _, _, _) => Task.CompletedTask, 2);

        Assert.NotNull(host.Host.Services.GetKeyedService<IElectionPartitions>("reports"));
        Assert.Null(host.Host.Services.GetService<IElectionPartitions>());
        Assert.Null(host.Host.Services.GetKeyedService<IElectionPartitions>("other"));
    }

    /// <summary>
    /// Lets time pass until something is so. Nobody who works loses a lease to a busy machine by it: the clock waits for renewals that are
    /// due.
    /// </summary>
    private async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        var step = TimeSpan.FromMilliseconds(100);
        var least = TimeSpan.FromSeconds(10 - 3) - (step * 2); // Of the deadline, when a renewal is due.
        while (!condition())
        {
            if (_runs.TrueForAll(runs => runs.LeastTimeLeft > least))
                Time.Advance(step);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, patience.Token);
        }
    }

    private static IElectionPartitions PartitionsOf(ElectionHost host) => host.Host.Services.GetRequiredService<IElectionPartitions>();

    private (ElectionHost Host, PartitionRuns Runs) NewPartitioned(string identity)
    {
        ElectionHost host = NewHost(identity);
        var runs = new PartitionRuns();
        _runs.Add(runs);
        host.AddElection().AddPartitionedWork((_, _, term, token) => runs.RunAsync(term, token), Count);
        return (host, runs);
    }
}
