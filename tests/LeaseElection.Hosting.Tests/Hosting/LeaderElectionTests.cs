using LeaseElection.Testing;
using LeaseElection.Testing.Leases;

namespace LeaseElection.Hosting.Tests;

public sealed class LeaderElectionTests : HostTest
{
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(3);

    private readonly ElectionHost _host;

    public LeaderElectionTests()
    {
        _host = NewHost();
        _host.AddElection().AddWork(Work.RunAsync);
    }

    [Fact]
    public async Task BeforeStart_NobodyLeadsAndNothingWaits()
    {
        ILeaderElection election = _host.Election;

        Assert.Equal(("", false, null), (election.Name, election.IsLeader, election.Term));
        Assert.Equal(new LeaderElectionStatus { State = LeaderElectionState.Standby }, election.Status);
        await election.StepDownAsync().WaitAsync(Signal.Patience);
        await using IAsyncEnumerator<LeaderElectionStatus> watch = election.WatchAsync().GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Task<LeadershipTerm> leading = election.WaitForLeadershipAsync();
        Assert.False(leading.IsCompleted);

        await _host.StartAsync();

        Assert.True((await leading.WaitAsync(Signal.Patience)).IsHeld);
        Assert.Equal("me", election.Identity);
    }

    [Fact]
    public async Task AfterStop_StreamsEndAndNobodyWaits()
    {
        await _host.StartAndLeadAsync();
        List<LeaderElectionState> seen = [];
        Task watching = Task.Run(async () =>
        {
            await foreach (LeaderElectionStatus status in _host.Election.WatchAsync())
                seen.Add(status.State);
        });
        await _host.StopAsync();

        await watching.WaitAsync(Signal.Patience);
        Assert.Equal(LeaderElectionState.Stopped, seen[^1]);
        Assert.Equal(LeaderElectionState.Stopped, _host.Election.Status.State);
        Assert.Equal((false, null), (_host.Election.IsLeader, _host.Election.Term));
        await _host.Election.StepDownAsync().WaitAsync(Signal.Patience);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _host.Election.WaitForLeadershipAsync().WaitAsync(Signal.Patience));
        await foreach (LeaderElectionStatus status in _host.Election.WatchAsync())
            Assert.Equal(LeaderElectionState.Stopped, status.State);
    }

    [Fact]
    public async Task Status_Leading_IsWhatTheLeaseSays()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();

        Assert.Equal(
            new LeaderElectionStatus
            {
                State = LeaderElectionState.Leading,
                HolderIdentity = "me",
                Transitions = term.Transitions,
                AcquiredAt = term.AcquiredAt,
                RenewedAt = Time.GetUtcNow(),
                RenewalSeenAt = Time.GetUtcNow(),
                ReadAt = Time.GetUtcNow(),
            },
            _host.Election.Status);
        Assert.Same(term, _host.Election.Term);
    }

    [Fact]
    public async Task Status_StoreFails_SaysWhy()
    {
        _host.Store.All(FakeFault.Forbid);
        await _host.StartAsync();
        await _host.Logs.WaitForAsync("StoreFailed");

        Assert.Equal("The verb update is missing.", _host.Election.Status.LastError);
    }

    [Fact]
    public async Task Status_StoreFailsAfterATime_IsAsOldAsTheLastAnswer()
    {
        await _host.StartAndLeadAsync();
        LeaderElectionStatus read = _host.Election.Status;
        _host.Store.All(FakeFault.Forbid);

        Time.Advance(RenewInterval);
        await _host.Logs.WaitForAsync("RenewalFailed");

        Assert.NotNull(_host.Election.Status.LastError);
        Assert.Equal(read.ReadAt, _host.Election.Status.ReadAt);
        Assert.Equal(read.RenewalSeenAt, _host.Election.Status.RenewalSeenAt);
        Assert.Equal(RenewInterval, Time.GetUtcNow() - read.ReadAt);
    }

    [Fact]
    public async Task WatchAsync_TellsEachChangeOnceAndNoRenewal()
    {
        await _host.StartAndLeadAsync();
        await using IAsyncEnumerator<LeaderElectionStatus> watch = _host.Election.WatchAsync().GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(LeaderElectionState.Leading, watch.Current.State);

        Task<bool> next = watch.MoveNextAsync().AsTask();
        await RenewAsync();
        await RenewAsync();
        await _host.Logs.WaitForAsync("Renewed", 2);
        Assert.False(next.IsCompleted);

        Server.Edit(record => record with { HolderIdentity = "other" });
        Assert.True(await next.WaitAsync(Signal.Patience));
        LeaderElectionStatus last = watch.Current;
        while (last.State != LeaderElectionState.Standby)
        {
            Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Signal.Patience));
            Assert.NotEqual(
                last with { RenewedAt = null, RenewalSeenAt = null, ReadAt = null },
                watch.Current with { RenewedAt = null, RenewalSeenAt = null, ReadAt = null });
            last = watch.Current;
        }
    }

    [Fact]
    public async Task WatchAsync_Cancelled_Ends()
    {
        await _host.StartAndLeadAsync();
        using var cancellation = new CancellationTokenSource();
        await using IAsyncEnumerator<LeaderElectionStatus> watch = _host.Election.WatchAsync(cancellation.Token).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());

        ValueTask<bool> next = watch.MoveNextAsync();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.AsTask());
    }

    [Fact]
    public async Task WaitForLeadershipAsync_Cancelled_Throws()
    {
        _host.Store.All(FakeFault.Fail);
        await _host.StartAsync();
        using var cancellation = new CancellationTokenSource();

        Task<LeadershipTerm> leading = _host.Election.WaitForLeadershipAsync(cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leading);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _host.Election.WaitForLeadershipAsync(cancellation.Token));
    }

    [Fact]
    public async Task WaitForLeadershipAsync_InDoubtAfterAClockJump_EndsWithTheRenewalThatProvesTheTerm()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        _host.Store.Next(FakeFault.Late);
        Time.Advance(RenewInterval);
        await Server.UntilAsync(server => server.Written.Count == 2);
        Time.JumpWall(TimeSpan.FromSeconds(5));

        Task<LeadershipTerm> leading = _host.Election.WaitForLeadershipAsync();
        Assert.False(_host.Election.IsLeader);
        Assert.False(leading.IsCompleted);
        _host.Store.DeliverLate();
        await _host.Logs.WaitForAsync("Renewed", 2);

        Assert.True(_host.Election.IsLeader);
        Assert.Same(term, await leading.WaitAsync(Signal.Patience));
        Assert.Equal(1, Work.Starts);
    }

    [Fact]
    public async Task StepDownAsync_Leading_EndsWhenReleasedAndStandsAgainLater()
    {
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        await _host.Election.StepDownAsync().WaitAsync(Signal.Patience);

        Assert.Null(Server.Holder);
        Assert.Equal(1, Work.Stops);
        Assert.False(_host.Election.IsLeader);
        Time.Advance(TimeSpan.FromSeconds(7));
        await Work.StartedAsync(2);
        Assert.Equal(1, Work.MostAtOnce);
    }

    [Fact]
    public async Task StepDownAsync_Standby_DoesNothing()
    {
        ElectionHost leader = NewHost("leader");
        leader.AddElection();
        await leader.StartAndLeadAsync();
        await _host.StartAsync();
        await _host.Logs.WaitForAsync("HolderChanged");

        await _host.Election.StepDownAsync().WaitAsync(Signal.Patience);

        Assert.Equal("leader", Server.Holder);
        Assert.Empty(_host.Logs.Named("Draining"));
    }

    [Fact]
    public async Task StepDownAsync_Draining_WaitsForTheEndOfWork()
    {
        Work.Obeys = false;
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Task first = _host.Election.StepDownAsync();
        await Work.ToldToStopAsync();
        Task second = _host.Election.StepDownAsync();
        using var cancellation = new CancellationTokenSource();
        Task third = _host.Election.StepDownAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        Assert.False(first.IsCompleted || second.IsCompleted);
        Work.Return();

        await Task.WhenAll(first, second).WaitAsync(Signal.Patience);
        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task StepDownAsync_TwoHosts_TheOtherLeadsFirst()
    {
        ElectionHost other = NewHost("other");
        other.AddElection();
        await _host.StartAndLeadAsync();
        await other.StartAsync();
        await other.Logs.WaitForAsync("HolderChanged");

        await _host.Election.StepDownAsync().WaitAsync(Signal.Patience);
        await other.LeadAsync();
        await other.Election.StepDownAsync().WaitAsync(Signal.Patience);
        await _host.LeadAsync();

        Assert.Equal(["me", "", "other", "", "me"], Server.Written.Select(record => record.HolderIdentity));
    }

    [Fact]
    public async Task StepDownAsync_StopsMeanwhile_Ends()
    {
        Work.Obeys = false;
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        Task steppingDown = _host.Election.StepDownAsync();
        await Work.ToldToStopAsync();

        Task stopping = _host.StopAsync();
        Work.Return();

        await stopping;
        await steppingDown.WaitAsync(Signal.Patience);
    }
}
