using System.Collections.Concurrent;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Tests;

public sealed class StoreRunnerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly FakeLeaseServer _server;
    private readonly FakeLeaseStore _store;
    private readonly ConcurrentQueue<ElectionInput> _posted = new();
    private readonly Signal _signal = new();

    public StoreRunnerTests()
    {
        _server = new FakeLeaseServer(_time);
        _server.Edit(_ => new LeaseRecord { HolderIdentity = "other" });
        _store = _server.Connect();
    }

    [Theory]
    [InlineData(FakeFault.None, typeof(ElectionInput.ReadFound))]
    [InlineData(FakeFault.Fail, typeof(ElectionInput.ReadFailed))]
    [InlineData(FakeFault.LoseReply, typeof(ElectionInput.ReadFailed))]
    [InlineData(FakeFault.Throw, typeof(ElectionInput.ReadFailed))]
    internal async Task Read_Answer_IsOneInput(FakeFault fault, Type input)
    {
        await using StoreRunner runner = NewRunner();
        _store.Next(fault);

        runner.Read(Second);

        Assert.IsType(input, await OnlyInputAsync());
    }

    [Theory]
    [InlineData(FakeFault.None, typeof(ElectionInput.WriteSucceeded))]
    [InlineData(FakeFault.Fail, typeof(ElectionInput.WriteFailed))]
    [InlineData(FakeFault.LoseReply, typeof(ElectionInput.WriteUnknown))]
    [InlineData(FakeFault.Throw, typeof(ElectionInput.WriteUnknown))]
    internal async Task Replace_Answer_IsOneInput(FakeFault fault, Type input)
    {
        await using StoreRunner runner = NewRunner();
        _store.Next(fault);

        runner.Replace(_server.Lease!, new LeaseRecord { HolderIdentity = "me" }, Second);

        Assert.IsType(input, await OnlyInputAsync());
    }

    [Fact]
    public async Task Replace_LeaseWasDeleted_IsAConflict()
    {
        await using StoreRunner runner = NewRunner();
        Lease lease = _server.Lease!;
        _server.Delete();

        runner.Replace(lease, new LeaseRecord { HolderIdentity = "me" }, Second);

        Assert.IsType<ElectionInput.WriteConflicted>(await OnlyInputAsync());
    }

    [Fact]
    public async Task Watch_Replaced_OnlyTheNewOneTells()
    {
        await using StoreRunner runner = NewRunner();
        string version = _server.Lease!.ResourceVersion;
        runner.Watch(version);
        await _server.UntilAsync(server => server.OpenWatches == 1);
        for (int i = 0; i < 100; i++)
            runner.Watch(version);
        _server.Edit(record => record with { HolderIdentity = "third" });

        Assert.IsType<LeaseEvent.Changed>(Assert.IsType<ElectionInput.Watched>(await OnlyInputAsync()).Event);
        Assert.Equal(1, _server.OpenWatches);
    }

    [Fact]
    public async Task Watch_EndsOrBreaks_IsTold()
    {
        await using StoreRunner runner = NewRunner();
        runner.Watch(_server.Lease!.ResourceVersion);
        await _server.UntilAsync(server => server.OpenWatches == 1);
        _server.CloseWatches();
        Assert.IsType<ElectionInput.WatchEnded>(await OnlyInputAsync());

        _posted.Clear();
        _server.DenyWatches();
        runner.Watch(_server.Lease!.ResourceVersion);
        Assert.Equal(LeaseStoreErrorKind.Forbidden, Assert.IsType<ElectionInput.WatchBroken>(await OnlyInputAsync()).Error.Kind);
    }

    [Fact]
    public async Task Dispose_RequestAndWatchUnderWay_AreAbandonedAndTheStoreIsDisposed()
    {
        StoreRunner runner = NewRunner();
        runner.Watch(_server.Lease!.ResourceVersion);
        _store.Next(FakeFault.Hang);
        runner.Read(Second);
        await _server.UntilAsync(server => server is { OpenWatches: 1, RequestsUnderWay: 1 });

        await runner.DisposeAsync().AsTask().WaitAsync(Signal.Patience);
        await runner.DisposeAsync();

        Assert.True(_store.IsDisposed);
        Assert.Empty(_posted);
        Assert.Equal((0, 0), (_server.OpenWatches, _server.RequestsUnderWay));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rescue_RequestUnderWay_IsGivenUpOnceItsTimeIsOverAndWhatComesLateIsNotHeard(bool isWrite)
    {
        _server.CanBlock = true;
        await using StoreRunner runner = NewRunner();
        _store.Next(FakeFault.Late);
        if (isWrite)
            runner.Replace(_server.Lease!, new LeaseRecord { HolderIdentity = "me" }, Second);
        else
            runner.Read(Second);
        await _server.UntilAsync(server => server.RequestsUnderWay == 1);

        _time.Advance(Second * 1.5);
        runner.Rescue(Second);
        Assert.Empty(_posted);
        Assert.True(runner.IsStuck(Second)); // Which is to be looked into before it is given up.
        _time.Advance(Second);
        runner.Rescue(Second);
        runner.Rescue(Second);
        Assert.False(runner.IsStuck(Second));
        _store.DeliverLate();
        await _server.UntilAsync(server => server.RequestsUnderWay == 0);

        Assert.IsType(isWrite ? typeof(ElectionInput.WriteUnknown) : typeof(ElectionInput.ReadFailed), await OnlyInputAsync());
        Assert.Equal(isWrite ? "me" : "other", _server.Holder); // It had arrived all the same.
    }

    [Fact]
    public async Task Rescue_StoreThatNeedsThePool_DoesNothing()
    {
        await using StoreRunner runner = NewRunner();
        _store.Next(FakeFault.Late);
        runner.Read(Second);
        await _server.UntilAsync(server => server.RequestsUnderWay == 1);

        _time.Advance(Second * 10);
        runner.Rescue(Second);

        Assert.False(runner.CanRescue);
        Assert.False(runner.IsStuck(Second));
        Assert.Empty(_posted);
        _store.DeliverLate();
    }

    private StoreRunner NewRunner() => new(_store, SomeRun.On(_time), Post, NullLogger.Instance);

    private void Post(ElectionInput input)
    {
        _posted.Enqueue(input);
        _signal.Pulse();
    }

    private async Task<ElectionInput> OnlyInputAsync()
    {
        await _signal.WaitUntilAsync(() => !_posted.IsEmpty, () => "an input");
        return Assert.Single(_posted);
    }
}
