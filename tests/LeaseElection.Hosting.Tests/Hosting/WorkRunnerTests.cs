using LeaseElection.Hosting.Election;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Logging;
using LeaseElection.Testing.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Tests;

public sealed class WorkRunnerTests : HostTest
{
    private readonly ElectionHost _host;

    public WorkRunnerTests() => _host = NewHost();

    [Fact]
    public async Task AddWorkOfT_EachTerm_NewInstanceInAScopeOfItsOwn_DisposedAfterIt()
    {
        var record = new Record();
        _host.Services.AddSingleton(record).AddScoped<ScopedPart>();
        _host.AddElection().AddWork<ScopedWork>();
        await _host.StartAndLeadAsync();
        await record.UntilAsync("run 1"); // Work that is told to stop before it begins is not run at all.

        await _host.Election.StepDownAsync().WaitAsync(Signal.Patience);
        Time.Advance(TimeSpan.FromSeconds(7));
        await record.UntilAsync("run 2");
        await _host.StopAsync();

        Assert.Equal(["run 1", "ended 1", "disposed 1", "run 2", "ended 2", "disposed 2"], record.Entries);
    }

    /// <summary>Something failed before it could: the loop ends, and must come to its end.</summary>
    [Fact]
    public void Stop_WorkWasNeverStarted_HasStopped()
    {
        var posted = new List<ElectionInput>();
        var runner = new WorkRunner([], scopes: null!, SomeRun.On(Time), posted.Add, metrics: null!, NullLogger.Instance);

        runner.Stop(Task.CompletedTask);

        Assert.IsType<ElectionInput.WorkStopped>(Assert.Single(posted));
    }

    /// <summary>Work that nobody ever hears of again would keep its lease for ever.</summary>
    [Fact]
    public async Task Start_LoggerThrows_TheCoreHearsHowWorkEnds()
    {
        var posted = new TaskCompletionSource<ElectionInput>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var logger = new ThrowingLoggerProvider { ThrowsAlways = true };
        ElectionRun run = SomeRun.On(Time);
        IServiceScopeFactory scopes = _host.Host.Services.GetRequiredService<IServiceScopeFactory>();
        var runner = new WorkRunner(
            [new WorkRegistration("", "Work", Work.RunAsync)], scopes, run, input => posted.TrySetResult(input), metrics: null!, logger);
        var facts = new TermFacts(Transitions: 1, Time.GetUtcNow(), "7", new FencingToken(7));
        var validity = TermValidity.From(run.Clock.Now, run.Settings.RenewDeadline);

        runner.Start(new LeadershipTerm(run.Card, facts, validity, run.Clock, (_, _, _) => Task.CompletedTask));

        Assert.IsType<ElectionInput.WorkFaulted>(await posted.Task.WaitAsync(Signal.Patience));
    }

    [Fact]
    public async Task AddWorkOfT_Twice_RunsOnce()
    {
        _host.Services.AddSingleton(new Record()).AddScoped<ScopedPart>();
        _host.AddElection().AddWork<ScopedWork>();
        _host.AddElection().AddWork<ScopedWork>().AddHostedService<BackgroundWork>().AddHostedService<BackgroundWork>();
        _host.Services.AddSingleton(Work);

        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        await _host.StopAsync();

        Assert.Equal(2, _host.Logs.Named("WorkStarted").Count);
    }

    [Fact]
    public async Task Work_DependencyIsMissing_IsAFaultOfTheWork()
    {
        _host.AddElection().AddWork<ScopedWork>();
        await _host.StartAsync();

        LogEntry fault = await _host.Logs.WaitForAsync("WorkFaulted");

        Assert.Contains("ScopedWork", fault.Message, StringComparison.Ordinal);
        await _host.UntilStateAsync(LeaderElectionState.Standby);
    }

    [Fact]
    public async Task Work_BlocksItsThread_StopsNeitherElectionNorOtherWork()
    {
        using var release = new ManualResetEventSlim();
        _host.AddElection().AddWork((_, _, _) =>
        {
            release.Wait(CancellationToken.None);
            return Task.CompletedTask;
        }).AddWork(Work.RunAsync);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        await RenewAsync();
        Task stopping = _host.StopAsync();
        await Work.StoppedAsync();
        Assert.Equal("me", Server.Holder);
        release.Set();

        await stopping;
        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task Work_FailsWhileStopping_IsToldAndTheLeaseIsReleased()
    {
        Work.Obeys = false;
        _host.AddElection().AddWork(Work.RunAsync);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Task stopping = _host.StopAsync();
        await Work.ToldToStopAsync();
        Work.Fail(new InvalidOperationException("half done"));
        await stopping;

        LogEntry entry = Assert.Single(_host.Logs.Named("WorkFailedWhileStopping"));
        Assert.Equal("half done", entry.Exception?.Message);
        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task Work_FindsItsTermInDoubtAndGivesUp_TermEndsAndAnotherFollows()
    {
        _host.AddElection().AddWork(Work.RunAsync);
        LeadershipTerm term = await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        _host.Store.Next(FakeFault.Late);
        Time.Advance(TimeSpan.FromSeconds(3));
        await Server.UntilAsync(server => server.Written.Count == 2);

        Time.JumpWall(TimeSpan.FromSeconds(5));
        Work.Fail(Assert.Throws<LeadershipLostException>(term.ThrowIfLost));
        await Work.StoppedAsync();
        await _host.Logs.WaitForAsync("WorkFaulted");
        _host.Store.DeliverLate();
        await _host.Logs.WaitForAsync("Released");
        Time.Advance(TimeSpan.FromSeconds(2));

        // The renewal proves the term again, but its work is gone: leading without it for ever would be the worst of both.
        await Work.StartedAsync(2);
    }

    /// <summary>
    /// The first thing to run in a process that was frozen may be work, which asks its term before anybody can have told it to stop.
    /// </summary>
    [Theory]
    [InlineData("ThrowIfLost")]
    [InlineData("its token")]
    [InlineData("return")]
    public async Task Work_SeesThatItsTermIsOverBeforeItIsTold_HasEndedAsItShould(string by)
    {
        var blind = new TermWatchdog(); // It looks in real time, and would tell it.
        blind.Dispose();
        _host.Services.AddSingleton(blind);
        _host.AddElection().AddWork(Work.RunAsync);
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        LeadershipTerm term = await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Time.Suspend(TimeSpan.FromSeconds(60));
        Exception lost = Assert.Throws<LeadershipLostException>(term.ThrowIfLost);
        Assert.False(term.Lost.IsCancellationRequested);
        if (by == "return")
            Work.Return();
        else
            Work.Fail(by == "ThrowIfLost" ? lost : new OperationCanceledException(term.Lost));

        LogEntry ended = await _host.Logs.WaitForAsync("WorkEnded");
        Assert.Equal(LogLevel.Debug, ended.Level);
        Assert.Contains("TestWork", ended.Message, StringComparison.Ordinal);
        await Work.StartedAsync(2); // The core has heard it, or no other term would begin.
        Assert.Empty(_host.Logs.Named("WorkFailedWhileStopping"));
        Assert.Empty(_host.Logs.Named("WorkFaulted"));
        Assert.Empty(recorder.Of("leader_election.work.faults"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Work_GivesUpAnotherThingThanItsTermWhenThatIsOver_HasFailed(bool isCancellation)
    {
        var ends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int runs = 0;
        _host.AddElection().AddWork(async (_, _, token) =>
        {
            await (++runs == 1 ? ends.Task : Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));
            // By the work itself, at its end: the watchdog looks in real time, and must not tell it first that its term is over.
            Time.Suspend(TimeSpan.FromSeconds(60));
            throw isCancellation ? new TaskCanceledException("A request took too long.") : new InvalidOperationException("half done");
        });
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        await _host.StartAndLeadAsync();

        ends.SetResult();

        await _host.Logs.WaitForAsync("WorkFailedWhileStopping");
        Assert.Single(await recorder.UntilAsync("leader_election.work.faults", 1));
    }

    [Fact]
    public async Task Work_SaysThatLeadershipIsLostWhileItIsHeld_HasFailed()
    {
        _host.AddElection().AddWork(Work.RunAsync);
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Work.Fail(new LeadershipLostException("I thought so."));

        await _host.Logs.WaitForAsync("WorkFaulted");
        Assert.Single(await recorder.UntilAsync("leader_election.work.faults", 1));
        Assert.Empty(_host.Logs.Named("WorkEnded"));
    }

    [Fact]
    public async Task StopCallback_Throws_IsToldAndWorkStopsAllTheSame()
    {
        _host.AddElection().AddWork(Work.RunAsync);
        LeadershipTerm term = await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        term.Lost.Register(() => throw new InvalidOperationException("no"));

        await _host.StopAsync();
        await _host.Logs.WaitForAsync("StopCallbackFailed");

        Assert.Equal((1, 1), (Work.Starts, Work.Stops));
        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task StopCallback_Blocks_RenewalsGoOn()
    {
        using var release = new ManualResetEventSlim();
        _host.AddElection().AddWork(Work.RunAsync);
        LeadershipTerm term = await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        term.Lost.Register(release.Wait);

        Task stopping = _host.StopAsync();
        await _host.UntilStateAsync(LeaderElectionState.Draining);
        await RenewAsync();
        await RenewAsync();
        release.Set();

        await stopping;
        Assert.Null(Server.Holder);
    }

    [Theory]
    [InlineData(WorkEndPolicy.Default, false, "stays")]
    [InlineData(WorkEndPolicy.Default, true, "steps down")]
    [InlineData(WorkEndPolicy.Stay, false, "stays")]
    [InlineData(WorkEndPolicy.Stay, true, "stays")]
    [InlineData(WorkEndPolicy.StepDown, false, "steps down")]
    [InlineData(WorkEndPolicy.StepDown, true, "steps down")]
    [InlineData(WorkEndPolicy.Restart, false, "restarts")]
    [InlineData(WorkEndPolicy.Restart, true, "restarts")]
    public async Task WhenWorkEnds_Policy_IsFollowed(WorkEndPolicy policy, bool fault, string then)
    {
        _host.AddElection(options => options.WhenWorkEnds = policy).AddWork(Work.RunAsync);
        LeadershipTerm term = await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        if (fault)
            Work.Fail(new InvalidOperationException("broken"));
        else
            Work.Return();
        await _host.Logs.WaitForAsync(fault ? "WorkFaulted" : "WorkReturned");

        if (then == "steps down")
        {
            await _host.Logs.WaitForAsync("Released");
            Time.Advance(TimeSpan.FromSeconds(2));
            await Work.StartedAsync(2);
            Assert.NotSame(term, Work.Term);
            return;
        }

        await RenewAsync();
        if (then == "restarts")
            await Work.StartedAsync(2);
        Assert.True(term.IsHeld);
        Assert.Equal(then == "restarts" ? 2 : 1, Work.Starts);
        Assert.False(term.Lost.IsCancellationRequested);
        await _host.StopAsync();
        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task WorkReturns_OthersStillRun_TermGoesOn()
    {
        _host.AddElection(options => options.WhenWorkEnds = WorkEndPolicy.StepDown)
            .AddWork((_, _, _) => Task.CompletedTask)
            .AddWork(Work.RunAsync);

        LeadershipTerm term = await _host.StartAndLeadAsync();
        await _host.Logs.WaitForAsync("WorkReturned");
        await Work.StartedAsync();
        await RenewAsync();
        Assert.True(term.IsHeld);

        Work.Return();
        await _host.Logs.WaitForAsync("Released");
    }

    [Fact]
    public async Task WhenWorkOverruns_Log_SaysWhichWorkAndNobodyStartsTwice()
    {
        Work.Obeys = false;
        _host.AddElection(options => options.WhenWorkOverruns = WorkOverrunPolicy.Log).AddWork(Work.RunAsync);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Server.Edit(record => record with { HolderIdentity = "other" });
        await _host.UntilStateAsync(LeaderElectionState.Draining);
        Time.Advance(TimeSpan.FromSeconds(5));
        LogEntry overran = await _host.Logs.WaitForAsync("WorkOverran");
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(LogLevel.Critical, overran.Level);
        Assert.Contains("TestWork", overran.Message, StringComparison.Ordinal);
        Assert.False(_host.Lifetime.ApplicationStopping.IsCancellationRequested);
        Assert.Equal(1, Work.Starts);
        Work.Return();
        await _host.Logs.WaitForAsync("OverrunEnded");
        Time.Advance(TimeSpan.FromSeconds(2));
        await Work.StartedAsync(2);
    }

    private sealed class Record
    {
        private readonly Signal _signal = new();
        private string[] _entries = [];

        public string[] Entries => Volatile.Read(ref _entries);

        /// <summary>One after the other, as the terms are.</summary>
        public void Add(string entry)
        {
            Volatile.Write(ref _entries, [.. _entries, entry]);
            _signal.Pulse();
        }

        public Task UntilAsync(string entry) =>
            _signal.WaitUntilAsync(() => Entries.Contains(entry), () => $"{entry}: {string.Join(", ", Entries)}");
    }

    private sealed class ScopedPart(Record record) : IAsyncDisposable
    {
        public int Number { get; } = 1 + record.Entries.Count(entry => entry.StartsWith("run", StringComparison.Ordinal));

        public Record Record => record;

        public ValueTask DisposeAsync()
        {
            record.Add($"disposed {Number}");
            return ValueTask.CompletedTask;
        }
    }

    private sealed class ScopedWork(ScopedPart part) : ILeaderWork
    {
        public async Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken)
        {
            part.Record.Add($"run {part.Number}");
            var stopped = new TaskCompletionSource();
            await using CancellationTokenRegistration registration = stoppingToken.Register(stopped.SetResult);
            await stopped.Task;
            part.Record.Add($"ended {part.Number}");
        }
    }

    private sealed class BackgroundWork(TestWork work) : Microsoft.Extensions.Hosting.BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => work.RunAsync(null!, null!, stoppingToken);
    }
}
