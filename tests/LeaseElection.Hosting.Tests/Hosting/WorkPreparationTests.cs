using LeaseElection.Testing;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>Work that prepares itself while its process stands by. Another holds the lease at first, and releases it on command.</summary>
public sealed class WorkPreparationTests : HostTest
{
    private readonly ElectionHost _host;
    private readonly PreparingWork.Story _story = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WorkPreparationTests()
    {
        _host = NewHost();
        _host.Services.AddSingleton(_story);
        Server.Edit(_ => SomeRecord.HeldBy("other"));
    }

    [Fact]
    public async Task Standby_WorkIsPreparedThere_AndTheSameInstanceRunsInTheTerm()
    {
        await StandByAsync();
        await _story.UntilAsync("prepared 1");
        Assert.False(_host.Election.IsLeader);

        await LeadAsync();
        await _story.UntilAsync("run 1");
        await _host.StopAsync();

        Assert.Equal(["prepare 1", "prepared 1", "run 1", "ended 1", "disposed 1"], _story.Told);
    }

    [Fact]
    public async Task AfterATerm_ANewInstanceIsPrepared()
    {
        await StandByAsync();
        await LeadAsync();
        await _story.UntilAsync("run 1");

        await _host.Election.StepDownAsync().WaitAsync(Signal.Patience);
        await _story.UntilAsync("prepared 2");
        await _host.StopAsync();

        Assert.Equal(
            ["prepare 1", "prepared 1", "run 1", "ended 1", "disposed 1", "prepare 2", "prepared 2", "disposed 2"], _story.Told);
    }

    [Fact]
    public async Task LeadershipComesWhileItPrepares_IsAwaited_AndTheLeaseIsRenewed()
    {
        _story.PrepareAsync = _ready.Task.WaitAsync;
        await StandByAsync();
        await _story.UntilAsync("prepare 1");

        LeadershipTerm term = await LeadAsync();
        await _host.Logs.WaitForAsync("PreparationAwaited");
        await RenewAsync();
        await RenewAsync();
        Assert.True(term.IsHeld);
        Assert.False(_host.Election.Status.IsPrepared);
        Assert.DoesNotContain("run 1", _story.Told);
        _ready.SetResult();

        await _story.UntilAsync("run 1");
        await UntilPreparedAsync();
    }

    [Fact]
    public async Task TermEndsWhileItPrepares_IsCancelled_AndNothingRuns()
    {
        _story.PrepareAsync = _ready.Task.WaitAsync;
        await StandByAsync();
        await LeadAsync();
        await _host.Logs.WaitForAsync("PreparationAwaited");

        Server.Edit(_ => SomeRecord.HeldBy("thief", transitions: 7));
        await _story.UntilAsync("disposed 1");

        await _story.UntilAsync("prepare 2"); // It stands by again.
        await _host.StopAsync();
        Assert.Equal(["prepare 1", "disposed 1", "prepare 2", "disposed 2"], _story.Told);
        Assert.Empty(_host.Logs.Named("WorkFaulted"));
        Assert.Empty(_host.Logs.Named("WorkFailedWhileStopping"));
    }

    [Fact]
    public async Task PreparationIgnoresThatTheTermEnded_NoNewTermBeginsBeforeItHasEnded()
    {
        _story.PrepareAsync = _ => _ready.Task;
        await StandByAsync();
        LeadershipTerm term = await LeadAsync();
        await _host.Logs.WaitForAsync("PreparationAwaited");

        Task steppingDown = _host.Election.StepDownAsync();
        await _host.UntilStateAsync(LeaderElectionState.Draining);
        await RenewAsync();
        Assert.Equal("me", Server.Holder);
        Assert.False(steppingDown.IsCompleted);
        await term.Lost.FiredAsync();
        _ready.SetResult();

        await steppingDown.WaitAsync(Signal.Patience);
        Assert.DoesNotContain("run 1", _story.Told);
    }

    [Fact]
    public async Task Fails_IsToldOnce_TriedAgainAfterGrowingPausesWithNewInstances_AndStandsMeanwhile()
    {
        _story.PrepareAsync = _ => throw new InvalidOperationException("the cache is down");
        await StandByAsync();

        LogEntry entry = await _host.Logs.WaitForAsync("PreparationFailed");
        Assert.Equal((LogLevel.Warning, 883, "the cache is down"), (entry.Level, entry.Id.Id, entry.Exception?.Message));
        await PausedAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        await _host.Logs.WaitForAsync("PreparationFailedAgain");
        _story.PrepareAsync = _ => Task.CompletedTask;
        Assert.False(_host.Election.Status.IsPrepared);
        await PausedAsync();
        Time.Advance(TimeSpan.FromSeconds(2));
        await _story.UntilAsync("prepared 3");

        Assert.Single(_host.Logs.Named("PreparationFailed"));
        await LeadAsync();
        await _story.UntilAsync("run 3");
        Assert.Equal(["prepare 1", "disposed 1", "prepare 2", "disposed 2", "prepare 3", "prepared 3", "run 3"], _story.Told);

        // Beside the timer of the election: the pause begins after the log has told of it.
        Task PausedAsync() => Time.WaitForTimersAsync(2).WaitAsync(Signal.Patience);
    }

    [Fact]
    public async Task HasFailed_LeadershipComesInThePause_IsTriedOnceMoreAtOnce()
    {
        _story.PrepareAsync = _ => throw new InvalidOperationException("the cache is down");
        await StandByAsync();
        await _host.Logs.WaitForAsync("PreparationFailed");
        _story.PrepareAsync = _ => Task.CompletedTask;

        await LeadAsync();

        await _story.UntilAsync("run 2");
    }

    [Fact]
    public async Task FailsInTheTermToo_IsTheWorksFailure_AndAnotherMayLead()
    {
        _story.PrepareAsync = _ => throw new InvalidOperationException("the cache is down");
        await StandByAsync();
        await _host.Logs.WaitForAsync("PreparationFailed");

        Server.Edit(_ => SomeRecord.Released);
        LogEntry fault = await _host.Logs.WaitForAsync("WorkFaulted");

        Assert.Equal("the cache is down", fault.Exception?.Message);
        await _host.Logs.WaitForAsync("Released");
        Assert.DoesNotContain(_story.Told, told => told.StartsWith("run", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhenWorkEndsRestart_TheNewInstanceIsPreparedInTheTerm()
    {
        _host.AddElection(options => options.WhenWorkEnds = WorkEndPolicy.Restart).AddWork<PreparingWork>();
        _story.PrepareAsync = _ => throw new InvalidOperationException("not yet");
        await _host.StartAsync();
        await _host.Logs.WaitForAsync("PreparationFailed");
        await LeadAsync();
        await _host.Logs.WaitForAsync("WorkFaulted");
        _story.PrepareAsync = _ => Task.CompletedTask;

        Time.Advance(TimeSpan.FromSeconds(1));

        await _story.UntilAsync("run 3");
        await UntilPreparedAsync();
    }

    [Fact]
    public async Task HostStops_PreparationIgnoresItsToken_IsToldAndNotWaitedForLonger()
    {
        _story.PrepareAsync = _ => _ready.Task;
        await StandByAsync();
        await _story.UntilAsync("prepare 1");

        Task stopping = _host.StopAsync();
        await _host.UntilStateAsync(LeaderElectionState.Stopped);
        await AdvanceUntilAsync(() => stopping.IsCompleted);

        LogEntry entry = Assert.Single(_host.Logs.Named("PreparationOverran"));
        Assert.Equal((LogLevel.Warning, 886), (entry.Level, entry.Id.Id));
        _ready.SetResult();
        await _story.UntilAsync("disposed 1"); // What is left of it goes when it can.
    }

    /// <summary>The time that work has to stop may be minutes, and the host has less.</summary>
    [Fact]
    public async Task HostStops_PreparationIgnoresItsToken_IsWaitedForNoLongerThanTheHostLeavesForDraining()
    {
        _host.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(12));
        _host.AddElection(options => (options.LeaseDuration, options.StopTimeout) = (TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5)));
        _story.PrepareAsync = _ => _ready.Task;
        await StandByAsync();
        await _story.UntilAsync("prepare 1");

        Task stopping = _host.StopAsync();
        await _host.UntilStateAsync(LeaderElectionState.Stopped);
        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(10));

        await stopping;
        Assert.Contains("still runs 10 s after", Assert.Single(_host.Logs.Named("PreparationOverran")).Message, StringComparison.Ordinal);
        _ready.SetResult();
    }

    [Fact]
    public async Task HostHasNoMoreTime_PreparationIgnoresItsToken_IsNotWaitedFor()
    {
        _story.PrepareAsync = _ => _ready.Task;
        await StandByAsync();
        await _story.UntilAsync("prepare 1");

        Task disposing = _host.DisposeAsync().AsTask();
        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(2));

        await disposing.WaitAsync(Signal.Patience);
        _ready.SetResult();
        await _story.UntilAsync("disposed 1"); // What is left of it goes when it can.
    }

    [Fact]
    public async Task HostStops_PreparationObeys_IsDisposedBeforeTheStopEnds()
    {
        _story.PrepareAsync = _ready.Task.WaitAsync;
        await StandByAsync();
        await _story.UntilAsync("prepare 1");

        await _host.StopAsync();

        Assert.Equal(["prepare 1", "disposed 1"], _story.Told);
        Assert.DoesNotContain(_host.Logs.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task BlocksItsThread_StandsAndLeadsAllTheSame()
    {
        using var release = new ManualResetEventSlim();
        _story.PrepareAsync = _ =>
        {
            release.Wait(CancellationToken.None);
            return Task.CompletedTask;
        };
        await StandByAsync();
        await _story.UntilAsync("prepare 1");

        await LeadAsync();
        await RenewAsync();
        release.Set();

        await _story.UntilAsync("run 1");
    }

    [Fact]
    public async Task SeveralPieces_EachByItself_OneThatPreparesHoldsUpNoOther()
    {
        _story.PrepareAsync = _ready.Task.WaitAsync;
        var prepared = new TaskCompletionSource<IServiceProvider>();
        var ran = new TaskCompletionSource<IServiceProvider>();
        _host.AddElection().AddWork<PreparingWork>().AddWork(Work.RunAsync).AddWork(
            (services, _, _) =>
            {
                ran.SetResult(services);
                return Task.CompletedTask;
            },
            (services, _) =>
            {
                prepared.SetResult(services);
                return Task.CompletedTask;
            });
        await _host.StartAsync();
        IServiceProvider scope = await prepared.Task.WaitAsync(Signal.Patience);

        await LeadAsync();

        await Work.StartedAsync();
        Assert.Same(scope, await ran.Task.WaitAsync(Signal.Patience));
        Assert.DoesNotContain("run 1", _story.Told);
        Assert.False(_host.Election.Status.IsPrepared);
        _ready.SetResult();
        await _story.UntilAsync("run 1");
    }

    [Fact]
    public async Task PreparationAwaitsItsOwnStepDown_IsRefusedAsForWork()
    {
        _story.PrepareAsync = _ => _host.Election.StepDownAsync(CancellationToken.None);
        await StandByAsync();

        LogEntry entry = await _host.Logs.WaitForAsync("PreparationFailed");

        Assert.Contains("cannot wait for its own step-down", entry.Exception?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_TellsWhetherWorkIsPrepared_AndNothingWhereNonePrepares()
    {
        _story.PrepareAsync = _ready.Task.WaitAsync;
        await StandByAsync();
        Assert.False(_host.Election.Status.IsPrepared);
        Assert.Equal(false, (await _host.CheckHealthAsync()).Data["isPrepared"]);
        _ready.SetResult();
        await UntilPreparedAsync();
        Assert.Equal(true, (await _host.CheckHealthAsync()).Data["isPrepared"]);

        ElectionHost other = NewHost("other-process");
        other.AddElection().AddWork(Work.RunAsync);
        await other.StartAsync();
        Assert.Null(other.Election.Status.IsPrepared);
        Assert.DoesNotContain("isPrepared", (await other.CheckHealthAsync()).Data.Keys);
    }

    /// <summary>Its constructor was written to run on the leader.</summary>
    [Fact]
    public async Task WorkWithNothingToPrepare_IsNotMadeBeforeItsTerm()
    {
        _host.AddElection().AddWork<PlainWork>().AddWork<PreparingWork>();
        await _host.StartAsync();
        await _story.UntilAsync("prepared 1");
        Assert.DoesNotContain("plain", _story.Told);

        await LeadAsync();

        await _story.UntilAsync("plain");
    }

    /// <summary>What it is cannot be known before it is made; it is prepared all the same before it runs.</summary>
    [Fact]
    public async Task AddWorkOfABaseType_IsPreparedInTheTerm()
    {
        _host.Services.AddScoped<BaseWork, DerivedWork>();
        _host.AddElection().AddWork<BaseWork>();
        await _host.StartAsync();

        await LeadAsync();

        await _story.UntilAsync("derived runs");
        Assert.Equal(["derived prepares", "derived runs"], _story.Told);
    }

    private async Task StandByAsync()
    {
        _host.AddElection().AddWork<PreparingWork>();
        await _host.StartAsync();
        await _host.Logs.WaitForAsync("HolderChanged");
    }

    private async Task<LeadershipTerm> LeadAsync()
    {
        Server.Edit(_ => SomeRecord.Released);
        return await _host.LeadAsync();
    }

    private async Task UntilPreparedAsync()
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        await foreach (LeaderElectionStatus status in _host.Election.WatchAsync(patience.Token))
        {
            if (status.IsPrepared == true)
                return;
        }
    }

    private sealed class PlainWork : ILeaderWork
    {
        public PlainWork(PreparingWork.Story story) => story.Tell("plain");

        public Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken) =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken);
    }

    private abstract class BaseWork : ILeaderWork
    {
        public abstract Task PrepareAsync(CancellationToken cancellationToken);

        public abstract Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken);
    }

    private sealed class DerivedWork(PreparingWork.Story story) : BaseWork
    {
        public override Task PrepareAsync(CancellationToken cancellationToken)
        {
            story.Tell("derived prepares");
            return Task.CompletedTask;
        }

        public override Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken)
        {
            story.Tell("derived runs");
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken);
        }
    }
}
