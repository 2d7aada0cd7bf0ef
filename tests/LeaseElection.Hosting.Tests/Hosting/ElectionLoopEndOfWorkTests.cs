using System.Runtime.CompilerServices;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Tests;

/// <summary>
/// Work that has ended, and what the loop has to handle before the word of it: all of that is posted by the loop's own thread, in a turn.
/// </summary>
public sealed class ElectionLoopEndOfWorkTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeLeaseServer _server;
    private readonly FollowedWatch _store;
    private readonly FakeLifetime _lifetime = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly LeaderElection _election = new("");
    private readonly ElectionLoop _loop;
    private readonly ElectionRun _run;
    private readonly List<ElectionEvent> _told = [];
    private readonly Signal _signal = new();

    /// <summary>Whatever waits for it goes on at once, on the thread that sets it.</summary>
    private readonly TaskCompletionSource _end = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<ElectionEvent, bool> _when = _ => false;
    private Action _then = () => { };

    public ElectionLoopEndOfWorkTests()
    {
        _server = new FakeLeaseServer(_time);
        _store = new FollowedWatch(_server.Connect());
        _run = SomeRun.On(_time);
        var work = new WorkRegistration("", "Work", (_, _, _) =>
        {
            _started.SetResult();
            return _end.Task;
        });
        var blind = new TermWatchdog(); // It looks in real time.
        blind.Dispose();
        _loop = new ElectionLoop(_run, _election, new ElectionParts(
            _store, [work], _services.GetRequiredService<IServiceScopeFactory>(), blind, _lifetime,
            ElectionTelemetry.Silent(_election, _run), new LeadershipAnnouncements([]), NullLogger.Instance)
        { Heard = Hear });
    }

    public async Task InitializeAsync()
    {
        _loop.Start();
        await _started.Task.WaitAsync(Signal.Patience);
        await _server.UntilAsync(server => server.OpenWatches == 1);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        await _loop.DisposeAsync().AsTask().WaitAsync(Signal.Patience);
        await _store.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Theory]
    [InlineData("shut down")]
    [InlineData("step down")]
    public async Task WorkHasEndedUnheard_WhateverComesFirstWhenItsTimeIsUp_HasNotOverrun(string what)
    {
        On(told => told is ElectionEvent.HolderChanged { HolderIdentity: "third" }, () =>
        {
            if (what == "shut down")
                _loop.RequestShutDown();
            else
                _ = _loop.StepDownAsync(CancellationToken.None);
            _time.Advance(_run.Settings.StopTimeout);
            _end.SetResult();
        });

        LoseTo("second");
        LoseTo("third");

        await UntilIdleAsync();
        Assert.Empty(Told<ElectionEvent.WorkOverran>());
        Assert.False(_lifetime.StopAsked);
    }

    [Fact]
    public async Task WorkHasEndedUnheard_NewsOfTheLeaseComeFirst_AreToldAfterItInTheirOrder()
    {
        On(told => told is ElectionEvent.HolderChanged { HolderIdentity: "third" }, () =>
        {
            LoseTo("fourth");
            LoseTo("fifth");
            Assert.True(SpinWait.SpinUntil(() => _store.Posted == "fifth", Signal.Patience));
            _time.Advance(_run.Settings.StopTimeout);
            _end.SetResult();
        });

        LoseTo("second");
        LoseTo("third");

        await UntilIdleAsync();
        await _signal.WaitUntilAsync(() => Told<ElectionEvent.HolderChanged>().Count == 4, () => string.Join(", ", _told));
        Assert.Equal(["second", "third", "fourth", "fifth"], Told<ElectionEvent.HolderChanged>().Select(told => told.HolderIdentity));
        Assert.Empty(Told<ElectionEvent.WorkOverran>());
        Assert.False(_lifetime.StopAsked);
    }

    /// <summary>What work says of its end comes before the word that all has ended, and is no news of the term, but of the work.</summary>
    [Fact]
    public async Task WorkHasFailedUnheard_IsTold_AndHasNotOverrun()
    {
        On(told => told is ElectionEvent.LeadershipLost, () =>
        {
            _time.Advance(_run.Settings.StopTimeout);
            _end.SetException(new InvalidOperationException("half done"));
        });

        LoseTo("second");

        await UntilIdleAsync();
        ElectionEvent.WorkFaulted fault = Assert.Single(Told<ElectionEvent.WorkFaulted>());
        Assert.Equal(("half done", null), (fault.Exception.Message, fault.Policy));
        Assert.Empty(Told<ElectionEvent.WorkOverran>());
        Assert.False(_lifetime.StopAsked);
    }

    private void On(Func<ElectionEvent, bool> when, Action then) => (_then, _when) = (then, when);

    private void LoseTo(string holder) => _server.Edit(record => record with { HolderIdentity = holder });

    private Task UntilIdleAsync() => Polling.UntilAsync(
        () => Task.FromResult(_election.Snapshot.State is LeaderElectionState.Standby or LeaderElectionState.Stopped), Signal.Patience);

    private List<T> Told<T>()
        where T : ElectionEvent
    {
        lock (_told)
            return [.. _told.OfType<T>()];
    }

    private void Hear(ElectionEvent told)
    {
        lock (_told)
            _told.Add(told);
        _signal.Pulse();
        if (!_when(told))
            return;
        _when = _ => false;
        _then();
    }

    /// <summary>A store that shows what of its watch the loop has been told.</summary>
    private sealed class FollowedWatch(FakeLeaseStore store) : ILeaseStore
    {
        private volatile string? _posted;

        /// <summary>The holder in the last event that was posted: the next one was asked for.</summary>
        public string? Posted => _posted;

        public string Description => store.Description;

        public Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
            store.ReadAsync(timeout, cancellationToken);

        public Task<LeaseReply> CreateAsync(LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
            store.CreateAsync(write, timeout, cancellationToken);

        public Task<LeaseReply> ReplaceAsync(Lease current, LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
            store.ReplaceAsync(current, write, timeout, cancellationToken);

        public async IAsyncEnumerable<LeaseEvent> WatchAsync(
            string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (LeaseEvent happened in store.WatchAsync(resourceVersion, cancellationToken))
            {
                yield return happened;
                _posted = (happened as LeaseEvent.Changed)?.Lease.Record.HolderIdentity;
            }
        }

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
