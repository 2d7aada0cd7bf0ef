using LeaseElection.Testing;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>What work prepares on standby is there for its term. Another holds the lease at first, and releases it on command.</summary>
public sealed class WorkPreparationTests : PreparationTest
{
    [Fact]
    public async Task Standby_WorkIsPreparedThere_AndTheSameInstanceRunsInTheTerm()
    {
        await StandByAsync();
        await Story.UntilAsync("prepared 1");
        Assert.False(Hosted.Election.IsLeader);

        await LeadAsync();
        await Story.UntilAsync("run 1");
        await Hosted.StopAsync();

        Assert.Equal(["prepare 1", "prepared 1", "run 1", "ended 1", "disposed 1"], Story.Told);
    }

    [Fact]
    public async Task AfterATerm_ANewInstanceIsPrepared()
    {
        await StandByAsync();
        await LeadAsync();
        await Story.UntilAsync("run 1");

        await Hosted.Election.StepDownAsync().WaitAsync(Signal.Patience);
        await Story.UntilAsync("prepared 2");
        await Hosted.StopAsync();

        Assert.Equal(
            ["prepare 1", "prepared 1", "run 1", "ended 1", "disposed 1", "prepare 2", "prepared 2", "disposed 2"], Story.Told);
    }

    [Fact]
    public async Task LeadershipComesWhileItPrepares_IsAwaited_AndTheLeaseIsRenewed()
    {
        Story.PrepareAsync = Ready.Task.WaitAsync;
        await StandByAsync();
        await Story.UntilAsync("prepare 1");

        LeadershipTerm term = await LeadAsync();
        await Hosted.Logs.WaitForAsync("PreparationAwaited");
        await RenewAsync();
        await RenewAsync();
        Assert.True(term.IsHeld);
        Assert.False(Hosted.Election.Status.IsPrepared);
        Assert.DoesNotContain("run 1", Story.Told);
        Ready.SetResult();

        await Story.UntilAsync("run 1");
        await UntilPreparedAsync();
    }

    [Fact]
    public async Task TermEndsWhileItPrepares_IsCancelled_AndNothingRuns()
    {
        Story.PrepareAsync = Ready.Task.WaitAsync;
        await StandByAsync();
        await LeadAsync();
        await Hosted.Logs.WaitForAsync("PreparationAwaited");

        Server.Edit(_ => SomeRecord.HeldBy("thief", transitions: 7));
        await Story.UntilAsync("disposed 1");

        await Story.UntilAsync("prepare 2"); // It stands by again.
        await Hosted.StopAsync();
        Assert.Equal(["prepare 1", "disposed 1", "prepare 2", "disposed 2"], Story.Told);
        Assert.Empty(Hosted.Logs.Named("WorkFaulted"));
        Assert.Empty(Hosted.Logs.Named("WorkFailedWhileStopping"));
    }

    [Fact]
    public async Task PreparationIgnoresThatTheTermEnded_NoNewTermBeginsBeforeItHasEnded()
    {
        Story.PrepareAsync = _ => Ready.Task;
        await StandByAsync();
        LeadershipTerm term = await LeadAsync();
        await Hosted.Logs.WaitForAsync("PreparationAwaited");

        Task steppingDown = Hosted.Election.StepDownAsync();
        await Hosted.UntilStateAsync(LeaderElectionState.Draining);
        await RenewAsync();
        Assert.Equal("me", Server.Holder);
        Assert.False(steppingDown.IsCompleted);
        await term.Lost.FiredAsync();
        Ready.SetResult();

        await steppingDown.WaitAsync(Signal.Patience);
        Assert.DoesNotContain("run 1", Story.Told);
    }

    [Fact]
    public async Task Fails_IsToldOnce_TriedAgainAfterGrowingPausesWithNewInstances_AndStandsMeanwhile()
    {
        Story.PrepareAsync = _ => throw new InvalidOperationException("the cache is down");
        await StandByAsync();

        LogEntry entry = await Hosted.Logs.WaitForAsync("PreparationFailed");
        Assert.Equal((LogLevel.Warning, 883, "the cache is down"), (entry.Level, entry.Id.Id, entry.Exception?.Message));
        await PausedAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        await Hosted.Logs.WaitForAsync("PreparationFailedAgain");
        Story.PrepareAsync = _ => Task.CompletedTask;
        Assert.False(Hosted.Election.Status.IsPrepared);
        await PausedAsync();
        Time.Advance(TimeSpan.FromSeconds(2));
        await Story.UntilAsync("prepared 3");

        Assert.Single(Hosted.Logs.Named("PreparationFailed"));
        await LeadAsync();
        await Story.UntilAsync("run 3");
        Assert.Equal(["prepare 1", "disposed 1", "prepare 2", "disposed 2", "prepare 3", "prepared 3", "run 3"], Story.Told);

        // Beside the timer of the election: the pause begins after the log has told of it.
        Task PausedAsync() => Time.WaitForTimersAsync(2).WaitAsync(Signal.Patience);
    }

    [Fact]
    public async Task HasFailed_LeadershipComesInThePause_IsTriedOnceMoreAtOnce()
    {
        Story.PrepareAsync = _ => throw new InvalidOperationException("the cache is down");
        await StandByAsync();
        await Hosted.Logs.WaitForAsync("PreparationFailed");
        Story.PrepareAsync = _ => Task.CompletedTask;

        await LeadAsync();

        await Story.UntilAsync("run 2");
    }

    [Fact]
    public async Task FailsInTheTermToo_IsTheWorksFailure_AndAnotherMayLead()
    {
        Story.PrepareAsync = _ => throw new InvalidOperationException("the cache is down");
        await StandByAsync();
        await Hosted.Logs.WaitForAsync("PreparationFailed");

        Server.Edit(_ => SomeRecord.Released);
        LogEntry fault = await Hosted.Logs.WaitForAsync("WorkFaulted");

        Assert.Equal("the cache is down", fault.Exception?.Message);
        await Hosted.Logs.WaitForAsync("Released");
        Assert.DoesNotContain(Story.Told, told => told.StartsWith("run", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhenWorkEndsRestart_TheNewInstanceIsPreparedInTheTerm()
    {
        Hosted.AddElection(options => options.WhenWorkEnds = WorkEndPolicy.Restart).AddWork<PreparingWork>();
        Story.PrepareAsync = _ => throw new InvalidOperationException("not yet");
        await Hosted.StartAsync();
        await Hosted.Logs.WaitForAsync("PreparationFailed");
        await LeadAsync();
        await Hosted.Logs.WaitForAsync("WorkFaulted");
        Story.PrepareAsync = _ => Task.CompletedTask;

        Time.Advance(TimeSpan.FromSeconds(1));

        await Story.UntilAsync("run 3");
        await UntilPreparedAsync();
    }

    [Fact]
    public async Task BlocksItsThread_StandsAndLeadsAllTheSame()
    {
        using var release = new ManualResetEventSlim();
        Story.PrepareAsync = _ =>
        {
            release.Wait(CancellationToken.None);
            return Task.CompletedTask;
        };
        await StandByAsync();
        await Story.UntilAsync("prepare 1");

        await LeadAsync();
        await RenewAsync();
        release.Set();

        await Story.UntilAsync("run 1");
    }

    [Fact]
    public async Task SeveralPieces_EachByItself_OneThatPreparesHoldsUpNoOther()
    {
        Story.PrepareAsync = Ready.Task.WaitAsync;
        var prepared = new TaskCompletionSource<IServiceProvider>();
        var ran = new TaskCompletionSource<IServiceProvider>();
        Hosted.AddElection().AddWork<PreparingWork>().AddWork(Work.RunAsync).AddWork(
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
        await Hosted.StartAsync();
        IServiceProvider scope = await prepared.Task.WaitAsync(Signal.Patience);

        await LeadAsync();

        await Work.StartedAsync();
        Assert.Same(scope, await ran.Task.WaitAsync(Signal.Patience));
        Assert.DoesNotContain("run 1", Story.Told);
        Assert.False(Hosted.Election.Status.IsPrepared);
        Ready.SetResult();
        await Story.UntilAsync("run 1");
    }

    [Fact]
    public async Task PreparationAwaitsItsOwnStepDown_IsRefusedAsForWork()
    {
        Story.PrepareAsync = _ => Hosted.Election.StepDownAsync(CancellationToken.None);
        await StandByAsync();

        LogEntry entry = await Hosted.Logs.WaitForAsync("PreparationFailed");

        Assert.Contains("cannot wait for its own step-down", entry.Exception?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_TellsWhetherWorkIsPrepared_AndNothingWhereNonePrepares()
    {
        Story.PrepareAsync = Ready.Task.WaitAsync;
        await StandByAsync();
        Assert.False(Hosted.Election.Status.IsPrepared);
        Assert.Equal(false, (await Hosted.CheckHealthAsync()).Data["isPrepared"]);
        Ready.SetResult();
        await UntilPreparedAsync();
        Assert.Equal(true, (await Hosted.CheckHealthAsync()).Data["isPrepared"]);

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
        Hosted.AddElection().AddWork<PlainWork>().AddWork<PreparingWork>();
        await Hosted.StartAsync();
        await Story.UntilAsync("prepared 1");
        Assert.DoesNotContain("plain", Story.Told);

        await LeadAsync();

        await Story.UntilAsync("plain");
    }

    /// <summary>What it is cannot be known before it is made; it is prepared all the same before it runs.</summary>
    [Fact]
    public async Task AddWorkOfABaseType_IsPreparedInTheTerm()
    {
        Hosted.Services.AddScoped<BaseWork, DerivedWork>();
        Hosted.AddElection().AddWork<BaseWork>();
        await Hosted.StartAsync();

        await LeadAsync();

        await Story.UntilAsync("derived runs");
        Assert.Equal(["derived prepares", "derived runs"], Story.Told);
    }

    private async Task<LeadershipTerm> LeadAsync()
    {
        Server.Edit(_ => SomeRecord.Released);
        return await Hosted.LeadAsync();
    }

    private async Task UntilPreparedAsync()
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        await foreach (LeaderElectionStatus status in Hosted.Election.WatchAsync(patience.Token))
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
