using LeaseElection.Hosting.Configuration;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Tests;

public sealed class LeaderElectionServiceStartTests : HostTest
{
    private readonly ElectionHost _host;

    public LeaderElectionServiceStartTests() => _host = NewHost();

    [Theory]
    [InlineData(FakeFault.Hang)]
    [InlineData(FakeFault.Fail)]
    [InlineData(FakeFault.Forbid)]
    [InlineData(FakeFault.Throw)]
    internal async Task StartAsync_DeadStore_StartsAtOnceAndStandsBy(FakeFault fault)
    {
        _host.AddElection().AddWork(Work.RunAsync);
        _host.Store.All(fault);

        await _host.StartAsync();

        Assert.True(_host.Lifetime.ApplicationStarted.IsCancellationRequested);
        Assert.Equal(LeaderElectionState.Standby, _host.Election.Status.State);
        await _host.StopAsync();
        Assert.Equal(0, Work.Starts);
    }

    [Fact]
    public async Task StartAsync_InvalidOptions_FailsWithOneMessageAndAsksNoStore()
    {
        _host.AddElection(options => options.LeaseDuration = TimeSpan.FromDays(15)).AddWork(Work.RunAsync);

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(_host.StartAsync);

        Assert.Contains("LeaderElection:LeaseDuration", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, Work.Starts);
    }

    [Fact]
    public async Task StartAsync_Free_WorkStartsWhenEverythingElseHasStarted()
    {
        _host.AddElection().AddWork(Work.RunAsync);
        bool startedBefore = false;
        _host.Services.AddSingleton<IHostedService>(new Lifecycle { OnStart = () => startedBefore = Work.Starts > 0 });

        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Assert.False(startedBefore);
        Assert.Equal(LeaderElectionState.Leading, _host.Election.Status.State);
    }

    [Fact]
    public async Task StartAsync_ConfigurationAndDelegate_DelegateWins()
    {
        _host.Builder.Configuration["LeaderElection:Identity"] = "configured";
        _host.AddElection(options => options.Identity = "coded");

        LeadershipTerm term = await _host.StartAndLeadAsync();

        Assert.Equal(("coded", "settlement", "coded"), (term.Identity, term.LeaseName, _host.Election.Identity));
    }

    [Fact]
    public async Task StartAsync_ExecutionContext_DoesNotFlowIntoWork()
    {
        var ambient = new AsyncLocal<string?>();
        string? seen = "never ran";
        var ran = new TaskCompletionSource();
        _host.AddElection().AddWork((_, _, _) =>
        {
            seen = ambient.Value;
            ran.SetResult();
            return Task.CompletedTask;
        });

        ambient.Value = "of whoever started the host";
        await _host.StartAsync();
        ambient.Value = null;
        await ran.Task.WaitAsync(Signal.Patience);

        Assert.Null(seen);
    }

    [Fact]
    public async Task StartAsync_ExecutionContext_IsNotKeptForTheLifeOfTheElection()
    {
        var ambient = new AsyncLocal<object?>();
        _host.AddElection().AddWork(Work.RunAsync);
        _host.Services.AddSingleton<IHostLifetime, NoLifetime>(); // The console's keeps it.
        _ = _host.Host;

        WeakReference value = await StartWithAsync();
        await Work.StartedAsync();
        await RenewAsync();
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(value.IsAlive);

        async Task<WeakReference> StartWithAsync()
        {
            ambient.Value = new object();
            await _host.StartAsync();
            return new WeakReference(ambient.Value);
        }
    }

    [Fact]
    public async Task StartAsync_AnotherServiceFailsToStart_NothingIsLeftBehind()
    {
        _host.AddElection().AddWork(Work.RunAsync);
        _host.Services.AddSingleton<IHostedService>(new Lifecycle { OnStart = () => throw new InvalidOperationException("no") });

        await Assert.ThrowsAsync<InvalidOperationException>(_host.StartAsync);
        Task stepDown = _host.Election.StepDownAsync();
        Task<LeadershipTerm> leading = _host.Election.WaitForLeadershipAsync();
        await _host.DisposeAsync();

        Assert.True(_host.Store.IsDisposed);
        Assert.Equal(0, Work.Starts);
        await AdvanceUntilAsync(() => Time.Timers == 0);
        await stepDown.WaitAsync(Signal.Patience);
        await Assert.ThrowsAsync<InvalidOperationException>(() => leading.WaitAsync(Signal.Patience));
    }

    [Fact]
    public async Task Disabled_LeadsAtOnceAndForEver()
    {
        for (int i = _host.Services.Count - 1; i >= 0; i--)
        {
            if (_host.Services[i].ServiceType == typeof(IElectionStoreFactory))
                _host.Services.RemoveAt(i);
        }

        _host.AddElection(options => (options.Enabled, options.LeaseName) = (false, null)).AddWork(Work.RunAsync);
        LeadershipTerm term = await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Time.Advance(TimeSpan.FromDays(500));
        Time.Suspend(TimeSpan.FromDays(500));

        Assert.True(term.IsHeld);
        Assert.Single(_host.Logs.Named("Disabled"));
        await _host.StopAsync();
        Assert.Equal((1, 1), (Work.Starts, Work.Stops));
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
