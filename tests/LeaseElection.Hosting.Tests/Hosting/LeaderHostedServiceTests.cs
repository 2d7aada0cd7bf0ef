using System.Collections.Concurrent;
using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Tests;

public sealed class LeaderHostedServiceTests : HostTest
{
    private readonly ElectionHost _host;
    private readonly ConcurrentQueue<string> _record = new();
    private readonly Dictionary<string, Exception> _faults = [];
    private readonly Signal _signal = new();

    public LeaderHostedServiceTests()
    {
        _host = NewHost();
        _host.Services.AddSingleton(_record).AddSingleton(_faults).AddSingleton(_signal).AddSingleton(Work);
    }

    [Fact]
    public async Task LifecycleService_OneTerm_EverythingInTheHostsOrderThenDisposed()
    {
        _host.AddElection().AddHostedService<Service>();
        await _host.StartAndLeadAsync();
        await UntilAsync("Started");

        await _host.StopAsync();

        Assert.Equal(["Starting", "Start", "Started", "Stopping", "Stop", "Stopped", "Disposed"], _record);
        Assert.Null(Server.Holder);
    }

    [Theory]
    [InlineData("Starting")]
    [InlineData("Start")]
    [InlineData("Started")]
    public async Task StartFails_StopsWhatMayRunAndTellsTheFirstError(string call)
    {
        _faults[call] = new InvalidOperationException("first");
        _faults["Stop"] = new InvalidOperationException("second");
        _host.AddElection().AddHostedService<Service>();
        await _host.StartAsync();

        Assert.Equal("first", (await _host.Logs.WaitForAsync("WorkFaulted")).Exception?.Message);

        Assert.Equal(["Stopping", "Stop", "Stopped", "Disposed"], _record.SkipWhile(entry => entry != "Stopping"));
    }

    [Fact]
    public async Task StoppingFails_ServiceIsStoppedAllTheSame()
    {
        _faults["Stopping"] = new InvalidOperationException("no");
        _host.AddElection().AddHostedService<Service>();
        await _host.StartAndLeadAsync();
        await UntilAsync("Started");

        await _host.StopAsync();

        Assert.Equal(["Stopping", "Stop", "Stopped", "Disposed"], _record.Skip(3));
        Assert.Equal("no", Assert.Single(_host.Logs.Named("WorkFailedWhileStopping")).Exception?.Message);
    }

    [Fact]
    public async Task BackgroundService_Returns_IsWorkThatReturned()
    {
        _host.AddElection().AddHostedService<Background>();
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Work.Return();
        await _host.Logs.WaitForAsync("WorkReturned");

        Assert.True(_host.Election.IsLeader);
        Assert.Equal("me", Server.Holder);
    }

    [Fact]
    public async Task BackgroundService_Faults_IsWorkThatFaultedAndTheNextTermHasANewOne()
    {
        _host.AddElection().AddHostedService<Background>();
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Work.Fail(new InvalidOperationException("broken"));
        Assert.Equal("broken", (await _host.Logs.WaitForAsync("WorkFaulted")).Exception?.Message);
        await _host.Logs.WaitForAsync("Released");
        Time.Advance(TimeSpan.FromSeconds(2));
        await Work.StartedAsync(2);

        Assert.Equal(["made", "disposed", "made"], _record);
        Assert.False(_host.Lifetime.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task BackgroundService_StopIsAwaited_LeaseIsReleasedAfterIt()
    {
        Work.Obeys = false;
        _host.AddElection().AddHostedService<Background>();
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Task stopping = _host.StopAsync();
        await Work.ToldToStopAsync();
        await RenewAsync();
        Assert.False(stopping.IsCompleted);
        Work.Return();

        await stopping;
        Assert.Equal(["made", "disposed"], _record);
        Assert.Null(Server.Holder);
    }

    /// <summary>As in its host: nothing is urgent while the lease is held, and its stop may have it finish what is left.</summary>
    [Fact]
    public async Task BackgroundService_ThatDrainsInItsStop_HandlesWhatIsLeft()
    {
        _host.AddElection().AddHostedService<Drain>();
        await _host.StartAndLeadAsync();
        await UntilAsync("running");

        Task stopping = _host.StopAsync();
        await Work.StartedAsync();
        await RenewAsync();
        Assert.DoesNotContain("cancelled", _record);
        Work.Return();
        await stopping;

        Assert.Equal(["running", "stop", "drained", "cancelled"], _record);
        Assert.Null(Server.Holder);
    }

    /// <summary>Then it is urgent: whatever its stop waits for, the work hears of it.</summary>
    [Fact]
    public async Task BackgroundService_LosesItsTermWhileItDrains_IsCancelled()
    {
        Task stopping = await LoseWhileStoppingAsync<Drain>();
        await Work.StartedAsync();

        Work.Return();
        await stopping;
        Assert.Equal("other", Server.Holder);
    }

    [Fact]
    public async Task BackgroundService_LosesItsTermWhileItsStopBlocks_IsCancelled()
    {
        await await LoseWhileStoppingAsync<Blocking>();

        Assert.Equal("other", Server.Holder);
    }

    /// <summary>A term that is lost leaves no time to finish anything, and is no fault of the service.</summary>
    [Fact]
    public async Task BackgroundService_LosesItsTerm_IsCancelledBesideItsStop()
    {
        _host.AddElection().AddHostedService<Drain>();
        await _host.StartAndLeadAsync();
        await UntilAsync("running");

        LetAnotherLead();
        await UntilAsync("cancelled");
        await Work.StartedAsync();
        Work.Return();
        await _host.Logs.WaitForAsync("WorkEnded");

        Assert.Empty(_host.Logs.Named("WorkFailedWhileStopping"));
        Assert.Empty(_host.Logs.Named("WorkFaulted"));
    }

    /// <summary>As work that links what it waits for to the term: its stop is what lets that go on.</summary>
    [Fact]
    public async Task BackgroundService_BlocksWhoTellsOfALossUntilItIsStopped_IsStopped()
    {
        _host.AddElection(options => options.WhenWorkOverruns = WorkOverrunPolicy.Log).AddHostedService<Linked>();
        await _host.StartAndLeadAsync();
        await UntilAsync("running");

        LetAnotherLead();
        await Work.StartedAsync();
        Work.Return();
        await _host.Logs.WaitForAsync("WorkEnded");

        Assert.Empty(_host.Logs.Named("WorkFaulted"));
    }

    /// <summary>What one service does when it hears must not keep another at work beside the next leader.</summary>
    [Fact]
    public async Task BackgroundServices_LoseTheirTermWhileTheyDrainAndOneBlocks_TheOtherIsCancelled()
    {
        _host.AddElection(options => options.WhenWorkOverruns = WorkOverrunPolicy.Log).AddHostedService<Drain>()
            .AddHostedService<Deaf>();
        await _host.StartAndLeadAsync();
        await UntilAsync("running");
        await UntilAsync("deaf");
        Task stopping = _host.StopAsync();
        await Work.StartedAsync(2);

        LetAnotherLead();
        await UntilAsync("blocked");
        await UntilAsync("cancelled");

        Work.Return();
        await stopping;
    }

    [Fact]
    public async Task BackgroundService_FaultsWhileStopping_IsTold()
    {
        Work.Obeys = false;
        _host.AddElection().AddHostedService<Background>();
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Task stopping = _host.StopAsync();
        await Work.ToldToStopAsync();
        Work.Fail(new InvalidOperationException("half done"));
        await stopping;

        Assert.Equal("half done", Assert.Single(_host.Logs.Named("WorkFailedWhileStopping")).Exception?.Message);
    }

    /// <summary>Its stop has begun while the lease is held; then the term is lost, and its work has heard of that.</summary>
    /// <returns>The stop of its host.</returns>
    private async Task<Task> LoseWhileStoppingAsync<TService>()
        where TService : Drain
    {
        _host.AddElection(options => options.WhenWorkOverruns = WorkOverrunPolicy.Log).AddHostedService<TService>();
        await _host.StartAndLeadAsync();
        await UntilAsync("running");
        Task stopping = _host.StopAsync();
        await UntilAsync("stop");

        LetAnotherLead();
        await UntilAsync("cancelled");
        return stopping;
    }

    private void LetAnotherLead() => Server.Edit(record => record with
    {
        HolderIdentity = "other",
        LeaseDurationSeconds = 15,
        AcquireTime = Time.GetUtcNow(),
        RenewTime = Time.GetUtcNow(),
    });

    /// <summary>Works until it is cancelled, and is stopped only when what was begun is done.</summary>
    private class Drain(ConcurrentQueue<string> record, Signal signal, TestWork work) : BackgroundService
    {
        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            Tell("stop");
            await work.RunAsync(null!, null!, CancellationToken.None);
            Tell("drained");
            await base.StopAsync(cancellationToken);
        }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            CancellationTokenRegistration cancelled = stoppingToken.Register(() => Tell("cancelled"));
            await using (cancelled)
            {
                Tell("running");
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken);
            }
        }

        protected Task Ends => work.StoppedAsync();

        protected void Tell(string what)
        {
            record.Enqueue(what);
            signal.Pulse();
        }
    }

    /// <summary>Holds up whoever tells of the end of its term, from its start on, until it is stopped.</summary>
    private sealed class Linked(ConcurrentQueue<string> record, Signal signal, TestWork work, ILeaderElection election)
        : Drain(record, signal, work)
    {
        private readonly ManualResetEventSlim _stops = new();

        public override Task StartAsync(CancellationToken cancellationToken)
        {
            election.Term!.Lost.Register(_stops.Wait);
            return base.StartAsync(cancellationToken);
        }

        public override Task StopAsync(CancellationToken cancellationToken)
        {
            _stops.Set();
            return base.StopAsync(cancellationToken);
        }
    }

    /// <summary>Blocks whoever cancels it, until all work may return.</summary>
    private sealed class Deaf(ConcurrentQueue<string> record, Signal signal, TestWork work) : Drain(record, signal, work)
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            Task ends = Ends;
            stoppingToken.Register(() =>
            {
                Tell("blocked");
                ((IAsyncResult)ends).AsyncWaitHandle.WaitOne();
            });
            Tell("deaf");
            return ends;
        }
    }

    /// <summary>Waits in its stop, on the thread that calls it, for its work to end by itself.</summary>
    private sealed class Blocking(ConcurrentQueue<string> record, Signal signal, TestWork work) : Drain(record, signal, work)
    {
        public override Task StopAsync(CancellationToken cancellationToken)
        {
            Tell("stop");
            ((IAsyncResult)ExecuteTask!).AsyncWaitHandle.WaitOne();
            return Task.CompletedTask;
        }
    }

    private Task UntilAsync(string entry) => _signal.WaitUntilAsync(() => _record.Contains(entry), () => entry);

    private sealed class Service(ConcurrentQueue<string> record, Dictionary<string, Exception> faults, Signal signal)
        : IHostedLifecycleService, IAsyncDisposable
    {
        public Task StartingAsync(CancellationToken cancellationToken) => Call("Starting");

        public Task StartAsync(CancellationToken cancellationToken) => Call("Start");

        public Task StartedAsync(CancellationToken cancellationToken) => Call("Started");

        public Task StoppingAsync(CancellationToken cancellationToken) => Call("Stopping");

        public Task StopAsync(CancellationToken cancellationToken) => Call("Stop");

        public Task StoppedAsync(CancellationToken cancellationToken) => Call("Stopped");

        public ValueTask DisposeAsync()
        {
            record.Enqueue("Disposed");
            return ValueTask.CompletedTask;
        }

        private Task Call(string name)
        {
            record.Enqueue(name);
            signal.Pulse();
            return faults.TryGetValue(name, out Exception? fault) ? Task.FromException(fault) : Task.CompletedTask;
        }
    }

    private sealed class Background : BackgroundService
    {
        private readonly ConcurrentQueue<string> _record;
        private readonly TestWork _work;

        public Background(ConcurrentQueue<string> record, TestWork work)
        {
            (_record, _work) = (record, work);
            record.Enqueue("made");
        }

        public override void Dispose()
        {
            _record.Enqueue("disposed");
            base.Dispose();
        }

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => _work.RunAsync(null!, null!, stoppingToken);
    }
}
