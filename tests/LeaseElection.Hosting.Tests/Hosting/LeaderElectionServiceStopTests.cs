using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

public sealed class LeaderElectionServiceStopTests : HostTest
{
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(3);

    private readonly ElectionHost _host;

    public LeaderElectionServiceStopTests()
    {
        _host = NewHost();
        _host.AddElection().AddWork(Work.RunAsync);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_WorkDrains_RenewedMeanwhileAndReleasedOnlyAfterIt(bool bySignal)
    {
        Work.Obeys = false;
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        int written = Server.Written.Count;

        Task stopping = bySignal ? _host.Host.WaitForShutdownAsync() : _host.Host.StopAsync();
        if (bySignal)
            _host.Lifetime.StopApplication();
        await Work.ToldToStopAsync();
        await _host.UntilStateAsync(LeaderElectionState.Draining);
        for (int i = 1; i <= 5; i++)
        {
            Time.Advance(RenewInterval);
            await Server.UntilAsync(server => server.Written.Count == written + i);
            Assert.True(_host.Election.IsLeader);
            Assert.Equal("me", Server.Holder);
        }

        Work.Return();
        await stopping.WaitAsync(Signal.Patience, CancellationToken.None);

        Assert.Null(Server.Holder);
        Assert.Single(_host.Logs.Named("Released"));
        Assert.Equal(LeaderElectionState.Stopped, _host.Election.Status.State);
    }

    [Fact]
    public async Task Stop_OtherServices_StopAfterWorkHasEndedAndTheLeaseIsReleased()
    {
        string? seen = null;
        void See() => seen ??= $"running {Work.Running}, holder {Server.Holder ?? "nobody"}";
        _host.Services.AddSingleton<IHostedService>(new Lifecycle { OnStop = See });
        _host.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(new Lifecycle { OnStopping = See, OnStop = See }));
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        await _host.StopAsync();

        Assert.Equal("running 0, holder nobody", seen);
    }

    [Fact]
    public async Task Stop_ReleaseOnStopIsFalse_LeaseRunsOut()
    {
        _host.AddElection(options => options.ReleaseOnStop = false);
        await _host.StartAndLeadAsync();

        await _host.StopAsync();

        Assert.Equal("me", Server.Holder);
    }

    [Fact]
    public async Task Stop_TokenHasFiredAlready_ReleasesAllTheSame()
    {
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        await StopWithAsync(new CancellationToken(canceled: true));

        Assert.Null(Server.Holder);
        Assert.Equal((1, 1), (Work.Starts, Work.Stops));
        Assert.DoesNotContain(_host.Logs.Entries, entry => entry.Level == LogLevel.Critical);
    }

    [Fact]
    public async Task Stop_ReleaseIsUnderWayWhenTheTokenFires_IsAwaited()
    {
        await _host.StartAndLeadAsync();
        _host.Store.Next(FakeFault.Late);
        using var token = new CancellationTokenSource();

        Task stopping = StopWithAsync(token.Token);
        await _host.UntilStateAsync(LeaderElectionState.Releasing);
        await Server.UntilAsync(server => server.Holder is null);
        await token.CancelAsync();
        Assert.False(stopping.IsCompleted);
        _host.Store.DeliverLate();
        await stopping;

        Assert.Single(_host.Logs.Named("Released"));
        Assert.Empty(_host.Logs.Named("Abandoned"));
    }

    [Fact]
    public async Task Stop_ShutdownTimeoutIsShorterThanWork_NotReleasedAndSaysWhatStillRuns()
    {
        Work.Obeys = false;
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Task stopping = StopWithAsync(new CancellationToken(canceled: true));
        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(2));
        await stopping;

        LogEntry abandoned = Assert.Single(_host.Logs.Named("Abandoned"));
        Assert.Equal(LogLevel.Critical, abandoned.Level);
        Assert.Contains("TestWork", abandoned.Message, StringComparison.Ordinal);
        Assert.Equal("me", Server.Holder);
        await _host.UntilStateAsync(LeaderElectionState.Stopped);
        Assert.False(_host.Election.IsLeader);
    }

    [Fact]
    public async Task Stop_DrainTakesAllTheTimeTheHostHas_LeadershipEndsBeforeTheHostDoes()
    {
        Work.Obeys = false;
        _host.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(12));
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Task stopping = _host.Host.StopAsync();
        await _host.UntilStateAsync(LeaderElectionState.Draining);
        Time.Advance(TimeSpan.FromSeconds(10));
        await _host.Logs.WaitForAsync("LeadershipLost");
        Assert.False(_host.Election.IsLeader);
        Work.Return();
        await stopping.WaitAsync(Signal.Patience, CancellationToken.None);
    }

    [Fact]
    public async Task Stop_Standby_LeavesAtOnceAndWritesNothing()
    {
        ElectionHost leader = NewHost("leader");
        leader.AddElection();
        await leader.StartAndLeadAsync();
        await _host.StartAsync();
        await _host.Logs.WaitForAsync("HolderChanged");

        await _host.StopAsync();

        Assert.Equal("leader", Server.Holder);
        Assert.Equal(0, Work.Starts);
    }

    /// <summary>As a host does that has no more time: every service, in both calls.</summary>
    private async Task StopWithAsync(CancellationToken cancellationToken)
    {
        IHostedService[] services = [.. _host.Host.Services.GetServices<IHostedService>()];
        foreach (IHostedLifecycleService service in services.OfType<IHostedLifecycleService>())
            await service.StoppingAsync(cancellationToken).WaitAsync(Signal.Patience, CancellationToken.None);
        foreach (IHostedService service in services)
            await service.StopAsync(cancellationToken).WaitAsync(Signal.Patience, CancellationToken.None);
    }
}
