using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>An app with partitioned work in a test of its own: it owns all partitions from its start on.</summary>
public sealed class PartitionedWorkTests
{
    private const int Count = 3;

    private readonly Signal _signal = new();
    private int _running;

    [Fact]
    public async Task Start_WithoutACommand_WorksOnAllPartitionsAndStopsWithTheHost()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLeaderElection().AddPartitionedWork(WorkAsync, Count);
        FakeLeaderElection election = builder.Services.AddFakeLeaderElection();
        election.Patience = Signal.Patience;
        using IHost host = builder.Build();
        await host.StartAsync();

        await UntilAsync(Count);
        Assert.False(election.Election.IsLeader); // The election itself waits for LeadAsync, as ever.
        await election.LeadAsync();
        await election.LoseAsync();
        Assert.Equal(Count, _running);

        await host.StopAsync();
        Assert.Equal(0, _running);
    }

    [Fact]
    public async Task AdvanceAsync_AMinute_AllPartitionsAreRenewedThroughout()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLeaderElection().AddPartitionedWork(WorkAsync, Count);
        FakeLeaderElection election = builder.Services.AddFakeLeaderElection();
        election.Patience = Signal.Patience;
        using IHost host = builder.Build();
        await host.StartAsync();
        await UntilAsync(Count);
        var partitions = host.Services.GetRequiredService<IElectionPartitions>();

        await election.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(Count, _running);
        Assert.All(partitions.Partitions, status => Assert.Equal((election.Election.Identity, 0), (status.HolderIdentity, status.Moves)));
        await host.StopAsync();
    }

    private async Task WorkAsync(IServiceProvider services, Partition partition, LeadershipTerm term, CancellationToken stoppingToken)
    {
        Interlocked.Increment(ref _running);
        _signal.Pulse();
        await Task.Delay(
            Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref _running);
        _signal.Pulse();
    }

    private Task UntilAsync(int running) =>
        _signal.WaitUntilAsync(() => Volatile.Read(ref _running) == running, () => $"{running} to run; {_running} do");
}
