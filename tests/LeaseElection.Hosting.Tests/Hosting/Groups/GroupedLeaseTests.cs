using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Groups;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Tests.Groups;

/// <summary>Electors over the leases of a group, which the group's one watch wakes.</summary>
public sealed class GroupedLeaseTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeLeaseGroup _group = new();
    private readonly ElectionRun _run;
    private readonly LeaseGroupWatch _watch;
    private readonly IHost _host = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true }).Build();
    private readonly TermWatchdog _watchdog = new(NullLogger<TermWatchdog>.Instance);

    public GroupedLeaseTests()
    {
        _run = SomeRun.On(_time);
        _watch = new LeaseGroupWatch(_group, _run, NullLogger.Instance);
        _watch.Start();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        _watchdog.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task Watch_LeaseThatWasDeleted_IsToldSo()
    {
        await using IAsyncEnumerator<LeaseEvent> told = await WatchAsync();
        _group.Delete("a");

        Assert.IsType<LeaseEvent.Deleted>(await NextAsync(told));
    }

    /// <summary>It is held as before: a leader that was told of a deletion would give its term up.</summary>
    [Fact]
    public async Task Watch_LeaseThatLostItsLabel_IsFoundToBeThere()
    {
        await using IAsyncEnumerator<LeaseEvent> told = await WatchAsync();
        _group.LoseLabel("a");

        Assert.Equal("other", Assert.IsType<LeaseEvent.Changed>(await NextAsync(told)).Lease.Record.HolderIdentity);
    }

    /// <summary>Who may list leases need not have the right to get one.</summary>
    [Fact]
    public async Task Read_WithoutTheRightToGet_FindsTheLeaseInTheList()
    {
        _group.ReadError = new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "The verb get is missing.");
        await using GroupedLease lease = _watch.Open("a", LeaseTraits.None);
        Assert.IsType<LeaseReply.Absent>(await lease.ReadAsync(TimeSpan.FromSeconds(1), default));
        Lease there = _group.Put("a", SomeRecord.HeldBy("other"));
        Assert.Equal(new LeaseReply.Found(there), await lease.ReadAsync(TimeSpan.FromSeconds(1), default));

        _group.ListError = new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "The verb list is missing.");
        var failed = Assert.IsType<LeaseReply.Failed>(await lease.ReadAsync(TimeSpan.FromSeconds(1), default));
        Assert.Equal("The verb get is missing.", failed.Error.Message);
    }

    [Fact]
    public async Task Loops_GracefulStop_IsTakenOverAtOnceByOneWhoOnlyHearsOfItFromTheGroup()
    {
        (ElectionLoop first, LeaderElection leader) = NewLoop("first");
        first.Start();
        await leader.WaitForLeadershipAsync().WaitAsync(Signal.Patience);
        await using var others = new LeaseGroupWatch(_group, _run, NullLogger.Instance);
        others.Start();
        (ElectionLoop second, LeaderElection standby) = NewLoop("second", others);
        second.Start();
        await foreach (LeaderElectionStatus status in standby.WatchAsync())
        {
            if (status.HolderIdentity == "first")
                break;
        }

        await _group.UntilAsync(group => group.Reads == 2); // It may have heard of the holder before it has read.
        first.RequestShutDown();

        await standby.WaitForLeadershipAsync().WaitAsync(Signal.Patience);
        Assert.Equal(2, _group.Reads);
        Assert.Equal(2, _group.OpenWatches);
        await first.DisposeAsync();
        second.RequestShutDown();
        await second.Completion.WaitAsync(Signal.Patience);
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Loop_WatchOfTheGroupIsMute_ReadsForItself()
    {
        _group.Put("a", SomeRecord.HeldBy("other", duration: 60));
        (ElectionLoop loop, LeaderElection election) = NewLoop("me");
        loop.Start();
        await _group.UntilAsync(group => group is { Reads: 1, OpenWatches: 1 });
        _group.IsMute = true;
        _group.ListError = ElectorDriver.Trouble;
        _group.Put("a", SomeRecord.Released);

        using var patience = new CancellationTokenSource(Signal.Patience);
        while (!election.IsLeader && !patience.IsCancellationRequested)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
        }

        Assert.True(election.IsLeader);
        loop.RequestShutDown();
        await loop.Completion.WaitAsync(Signal.Patience);
        await loop.DisposeAsync();
    }

    private async Task<IAsyncEnumerator<LeaseEvent>> WatchAsync()
    {
        Lease lease = _group.Put("a", SomeRecord.HeldBy("other"));
        await _group.UntilAsync(group => group.OpenWatches == 1);
        IAsyncEnumerator<LeaseEvent> told =
            _watch.Open("a", LeaseTraits.None).WatchAsync(lease.ResourceVersion, default).GetAsyncEnumerator();
        return told;
    }

    private static async Task<LeaseEvent> NextAsync(IAsyncEnumerator<LeaseEvent> told)
    {
        // What is told of the version that was read already comes first, if the group had not known it yet.
        do
            Assert.True(await told.MoveNextAsync().AsTask().WaitAsync(Signal.Patience));
        while (told.Current is LeaseEvent.Changed { Lease.ResourceVersion: "101" });
        return told.Current;
    }

    private (ElectionLoop Loop, LeaderElection Election) NewLoop(string identity, LeaseGroupWatch? watch = null)
    {
        var run = new ElectionRun(new ElectionIdentityCard("shop", "a", identity), _run.Settings with { Identity = identity }, _run.Clock);
        var election = new LeaderElection("");
        GroupedLease lease = (watch ?? _watch).Open("a", LeaseTraits.None);
        var parts = new ElectionParts(
            lease, [], _host.Services.GetRequiredService<IServiceScopeFactory>(), _watchdog,
            _host.Services.GetRequiredService<IHostApplicationLifetime>(), ElectionTelemetry.Silent(election, run),
            new LeadershipAnnouncements([]), NullLogger.Instance)
        {
            Memory = lease.Memory,
        };
        return (new ElectionLoop(run, election, parts), election);
    }
}
