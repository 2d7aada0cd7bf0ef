using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>
/// Replicas that share partitions over leases in memory: what each of them works on, when it changes, and what is told of it.
/// </summary>
public sealed class PartitionLoopTests : IAsyncLifetime, IAsyncDisposable
{
    private const int Count = 12;

    private readonly PartitionWorld _world = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        Assert.Equal(0, _world.Overlaps);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task Start_Alone_WorksOnAll()
    {
        PartitionReplica only = _world.Add("a", Count);

        await _world.UntilAsync(() => only.Running.Count == Count);

        Assert.Equal(Enumerable.Range(0, Count).Select(index => new Partition(index, Count)), only.Running.Keys.OrderBy(key => key.Index));
        Assert.All(only.Running, run => Assert.Equal($"orders-{run.Key.Index}", run.Value.LeaseName));
        Assert.All(only.Running.Values, term => Assert.True(term.IsHeld));
        await _world.UntilAsync(() => only.Partitions.Partitions.All(status => status.IsHeldHere));
        Assert.All(only.Partitions.Partitions, status => Assert.Equal("a", status.HolderIdentity));
    }

    [Fact]
    public async Task Second_Comes_GetsHalfOneAfterTheOtherAndNothingElseMoves()
    {
        PartitionReplica first = _world.Add("a", Count);
        await _world.UntilAsync(() => first.Running.Count == Count);
        LeadershipTerm[] before = [.. first.Running.Values];

        PartitionReplica second = _world.Add("b", Count);
        await _world.PassAsync(TimeSpan.FromSeconds(9)); // MoveAfter is 10.
        Assert.Equal(Count, first.Running.Count);
        await _world.UntilAsync(() => first.Running.Count == Count / 2 && second.Running.Count == Count / 2);

        Assert.Equal(Enumerable.Range(0, Count), first.Owned.Concat(second.Owned).Order());
        Assert.Equal(Count / 2, first.Running.Values.Intersect(before).Count());
        await _world.UntilAsync(() => first.Partitions.Partitions.All(status => status.HolderIdentity is not null));
        Assert.Equal(
            second.Owned, first.Partitions.Partitions.Where(status => status.HolderIdentity == "b").Select(status => status.Index));
        Assert.All(first.Partitions.Partitions, status => Assert.Equal(status.HolderIdentity == "b" ? 1 : 0, status.Moves));
        Assert.All(second.Running.Values, term =>
            Assert.True(term.FencingToken > before.Single(old => old.LeaseName == term.LeaseName).FencingToken));
    }

    [Fact]
    public async Task Second_Stops_FirstHasItsShareAtOnce()
    {
        (PartitionReplica first, PartitionReplica second) = await TwoAsync();

        _world.Stop(second);

        // Time stands still: neither a lease nor a pause is waited for.
        await PartitionWorld.WithoutTimeAsync(
            () => first.Running.Count == Count && second.Loop.Completion.IsCompleted, "a hand-over at once");
        Assert.All(second.Partitions.Partitions, status => Assert.False(status.IsHeldHere));
    }

    [Fact]
    public async Task Second_StopsAndOneWorkIsSlow_TheOtherPartitionsDoNotWaitForIt()
    {
        var slow = new TaskCompletionSource();
        (PartitionReplica first, PartitionReplica second) = await TwoAsync();
        int waiting = second.Owned.First();
        second.Holds(waiting, slow.Task);

        _world.Stop(second);
        await PartitionWorld.WithoutTimeAsync(() => first.Running.Count == Count - 1, "the others to move at once");
        Assert.Equal([waiting], second.Owned);
        Assert.False(second.Loop.Completion.IsCompleted);

        slow.SetResult();
        await PartitionWorld.WithoutTimeAsync(
            () => first.Running.Count == Count && second.Loop.Completion.IsCompleted, "the last to move");
    }

    [Fact]
    public async Task Work_Fails_GivesUpItsPartitionAloneAndTriesItAgain()
    {
        PartitionReplica only = _world.Add("a", 3);
        await _world.UntilAsync(() => only.Running.Count == 3);
        LeadershipTerm[] before = [.. only.Running.OrderBy(run => run.Key.Index).Select(run => run.Value)];

        only.Fail(1);
        await _world.UntilAsync(() => only.Running.Count == 3 && !only.Running.Values.Contains(before[1]));

        LeadershipTerm[] after = [.. only.Running.OrderBy(run => run.Key.Index).Select(run => run.Value)];
        Assert.Equal([before[0], before[2]], new[] { after[0], after[2] });
        Assert.True(after[1].FencingToken > before[1].FencingToken);
        Assert.Equal("orders-1", Assert.Single(only.Logs.Named("WorkFaulted")).Message.Split('/', ';')[1]);
    }

    [Fact]
    public async Task Counts_Differ_TheFewestAreSharedOutAndItIsTold()
    {
        PartitionReplica first = _world.Add("a", 12);
        await _world.UntilAsync(() => first.Running.Count == 12);

        PartitionReplica second = _world.Add("b", 8);
        await _world.UntilAsync(() => first.Running.Count == 4 && second.Running.Count == 4);

        Assert.All(first.Running.Keys.Concat(second.Running.Keys), partition => Assert.Equal(8, partition.Count));
        Assert.Equal(8, first.Partitions.Count);
        Assert.Contains("a into 12", Assert.Single(first.Logs.Named("PartitionCountsDiffer")).Message, StringComparison.Ordinal);
        Assert.Equal(LogLevel.Warning, Assert.Single(second.Logs.Named("PartitionCountsDiffer")).Level);

        await _world.StopAsync(second);
        await _world.UntilAsync(() => first.Running.Keys.Count(partition => partition.Count == 12) == 12);
        Assert.Single(first.Logs.Named("PartitionCountsAgree"));
    }

    [Fact]
    public async Task Moves_ManyAtOnce_AreToldInFewLines()
    {
        PartitionReplica only = _world.Add("a", 256);
        await PartitionWorld.WithoutTimeAsync(() => only.Running.Count == 256, "all of them"); // Lines may be as many as seconds pass.
        await _world.PassAsync(TimeSpan.FromSeconds(2));

        string[] told = [.. only.Logs.Entries.Where(entry => entry.Level >= LogLevel.Information).Select(entry => entry.Message)];

        Assert.True(told.Length <= 3, string.Join('\n', told));
        Assert.EndsWith("; gave up none; 256 of 256 are here now", told[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lease_HeldBySomebodyElseWithoutOurLabel_IsLeftAloneAndToldOnce()
    {
        await _world.Leases.Open("orders-1").CreateAsync(
            new LeaseRecord
            {
                HolderIdentity = "stranger",
                LeaseDurationSeconds = 3600,
                AcquireTime = _world.Time.GetUtcNow(),
                RenewTime = _world.Time.GetUtcNow(),
                LeaseTransitions = 7,
            },
            TimeSpan.FromSeconds(1),
            CancellationToken.None);

        PartitionReplica only = _world.Add("a", 3);
        await _world.UntilAsync(() => only.Logs.Named("PartitionLeaseTaken").Count > 0);
        await _world.PassAsync(TimeSpan.FromSeconds(30));

        Assert.Equal([0, 2], only.Owned);
        Assert.Equal(
            "Partition 1 of lease shop/orders has no owner: its lease orders-1 is held by stranger, "
                + "which is nobody of ours, since it lacks the "
            + "label leaseelection.dev/group. Rename LeaderElection:LeaseName, or whatever else uses that "
            + "name; if nothing does, delete that lease",
            Assert.Single(only.Logs.Named("PartitionLeaseTaken")).Message);
        Assert.Contains("partitions 1 of", Assert.Single(only.Logs.Named("PartitionsUnowned")).Message, StringComparison.Ordinal);
        Assert.Null(only.Partitions.Partitions[1].HolderIdentity);
        Assert.Equal(1, only.Partitions.Snapshot.Unowned);
    }

    /// <summary>
    /// Whoever has never stood for its lease does not know that it was held, so it must not stand for it now: its work would begin beside
    /// that of the owner, who hears of it with its next renewal, and takes its time to stop.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lease_DeletedOrEmptied_ComesBackToItsOwner(bool isEmptied)
    {
        var slow = new TaskCompletionSource();
        PartitionReplica first = _world.Add("a", Count);
        await _world.UntilAsync(() => first.Running.Count == Count);
        PartitionReplica second = _world.Add("b", Count);
        await _world.UntilAsync(() => first.Running.Count == Count / 2 && second.Running.Count == Count / 2);
        await _world.PassAsync(TimeSpan.FromSeconds(15));
        int[] owned = [.. first.Owned];
        LeadershipTerm before = first.Running[new Partition(owned[0], Count)];

        string name = $"orders-{owned[0]}";
        first.Holds(owned[0], slow.Task);
        Lease lease = Assert.IsType<LeaseReply.Found>(_world.Leases.Read(name)).Lease;
        if (isEmptied)
            await _world.Leases.Open(name).ReplaceAsync(lease, lease.Record with { HolderIdentity = "" }, default, CancellationToken.None);
        else
            _world.Leases.Delete(name, lease);
        await _world.PassAsync(TimeSpan.FromSeconds(4.8)); // It has five to stop, from when it hears of it.
        slow.SetResult();
        await _world.UntilAsync(() => first.Owned.SequenceEqual(owned) && first.Running[new Partition(owned[0], Count)] != before);
        await _world.PassAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(owned, first.Owned);
        Assert.Equal(Count / 2, second.Running.Count);
        Assert.Empty(first.Logs.Named("PartitionPassedOn").Concat(second.Logs.Named("PartitionPassedOn")));
    }

    /// <summary>
    /// Two that share, and have long got over the start, where they may have stood for the same ones: who was slower pauses a little.
    /// </summary>
    private async Task<(PartitionReplica First, PartitionReplica Second)> TwoAsync()
    {
        PartitionReplica first = _world.Add("a", Count);
        PartitionReplica second = _world.Add("b", Count);
        await _world.UntilAsync(() => first.Running.Count == Count / 2 && second.Running.Count == Count / 2);
        await _world.PassAsync(TimeSpan.FromSeconds(15));
        Assert.Equal((Count / 2, Count / 2), (first.Running.Count, second.Running.Count));
        return (first, second);
    }
}
