using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Tests;

/// <summary>The end of an election in a process whose thread pool has no thread, with a renewal that the pool has not begun.</summary>
[Collection(nameof(WholeProcess))]
public sealed class StoreRunnerEndTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly FakeLeaseServer _server;
    private readonly FakeLeaseStore _store;

    public StoreRunnerEndTests()
    {
        _server = new FakeLeaseServer(_time) { CanBlock = true };
        _server.Edit(_ => new LeaseRecord { HolderIdentity = "me" });
        _store = _server.Connect();
    }

    [Fact]
    public async Task Rescue_ElectionIsOver_SendsNothing()
    {
        StoreRunner runner = NewRunner();
        int before = _server.Written.Count;
        Task ended;
        using (var starved = new StarvedPool())
        {
            Renew(runner);
            ended = runner.DisposeAsync().AsTask();
            runner.Rescue(Second);
            starved.Feed();
        }
        await ended.WaitAsync(Signal.Patience);
        runner.Rescue(Second);

        Assert.Equal(before, _server.Written.Count);
        Assert.True(_store.IsDisposed);
    }

    /// <summary>What the app has to end first may take long, and the pool may work again meanwhile.</summary>
    [Fact]
    public async Task SendNoMore_PoolWorksAgainBeforeTheEnd_SendsNothing()
    {
        StoreRunner runner = NewRunner();
        int before = _server.Written.Count;
        using (var starved = new StarvedPool())
        {
            Renew(runner);
            runner.SendNoMore();
            starved.Feed();
        }

        await ThePoolAsync();
        await runner.DisposeAsync().AsTask().WaitAsync(Signal.Patience);
        Assert.Equal(before, _server.Written.Count);
    }

    [Fact]
    public async Task Dispose_SomebodyHasComeToTheRescue_IsWaitedFor()
    {
        StoreRunner runner = NewRunner();
        _store.Next(FakeFault.Late);
        using var starved = new StarvedPool();
        Renew(runner);
        var rescuer = new Thread(() => runner.Rescue(Second));
        rescuer.Start();
        Assert.True(SpinWait.SpinUntil(() => _server.RequestsUnderWay == 1, Signal.Patience));
        starved.Feed();
        await ThePoolAsync(); // Else it is what the pool has not begun that is waited for.

        await EndAsync(runner);
        Assert.True(rescuer.Join(Signal.Patience));
    }

    [Fact]
    public async Task Dispose_RequestThatWasGivenUp_IsWaitedFor()
    {
        StoreRunner runner = NewRunner();
        _store.Next(FakeFault.Stuck);
        Renew(runner);
        await _server.UntilAsync(server => server.RequestsUnderWay == 1);
        _time.Advance(Second * 3);
        runner.Rescue(Second);
        runner.Read(Second);
        await _server.UntilAsync(server => server is { Reads: 1, RequestsUnderWay: 1 });
        await ThePoolAsync();

        await EndAsync(runner);
    }

    /// <summary>Ends when the pool has begun what it was asked for before.</summary>
    private static Task ThePoolAsync() => Task.Run(() => { });

    /// <summary>It waits for what is under way, and for nothing else.</summary>
    private async Task EndAsync(StoreRunner runner)
    {
        Task ended = runner.DisposeAsync().AsTask();
        Assert.True(SpinWait.SpinUntil(() => ended.IsCompleted || _time.ArmedTimers > 0, Signal.Patience));
        Assert.False(_store.IsDisposed);
        _store.DeliverLate();
        await ended.WaitAsync(Signal.Patience);

        Assert.True(_store.IsDisposed);
    }

    private StoreRunner NewRunner() => new(_store, SomeRun.On(_time), _ => { }, NullLogger.Instance);

    private void Renew(StoreRunner runner) => runner.Replace(_server.Lease!, new LeaseRecord { HolderIdentity = "me" }, Second);
}
