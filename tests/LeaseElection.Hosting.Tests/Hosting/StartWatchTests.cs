using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Tests;

/// <summary>Hosts that do not get on with their start, each in another way: an election that cannot begin says so.</summary>
public sealed class StartWatchTests : HostTest
{
    private const string StartAsyncOfConsumer =
        "StartAsync of Consumer has not returned, as far as can be told. It must return soon: what runs for as "
        + "long as the app belongs into ExecuteAsync of a BackgroundService.";

    private const string SomethingElse =
        "a constructor, StartingAsync or StartedAsync of a hosted service or a callback of ApplicationStarted has not "
        + "returned, or nobody has started this host, or it never tells that it has started (IHostApplicationLifetime.ApplicationStarted). "
        + "Look at what runs at start.";

    private readonly ElectionHost _host;
    private readonly Gate _gate = new();

    public StartWatchTests()
    {
        _host = NewHost();
        _host.Services.AddSingleton(_gate);
    }

    public override Task DisposeAsync()
    {
        _gate.Open();
        return base.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnotherServiceNeverReturnsFromItsStart_IsNamedOnceAndTheCheckIsDegradedUntilItDoes(bool before)
    {
        if (before)
            _host.Services.AddHostedService<Consumer>();
        _host.Services.AddHostedService<Idle>();
        _host.AddElection().AddWork(Work.RunAsync);
        if (!before)
            _host.Services.AddHostedService<Consumer>();
        Task starting = _host.StartAsync();
        await _gate.Reached;
        Assert.Equal(HealthStatus.Healthy, (await _host.CheckHealthAsync()).Status);

        Time.Advance(TimeSpan.FromSeconds(30));

        LogEntry told = Assert.Single(_host.Logs.Named("NotBegun"));
        string suspects = before
            ? StartAsyncOfConsumer.Replace("of Consumer", "of Consumer or Idle", StringComparison.Ordinal)
            : StartAsyncOfConsumer;
        Assert.Equal(
            (
                LogLevel.Warning,
                "The election of LeaderElection has not begun after 30 s, because its host has not started yet: " + suspects),
            (told.Level, told.Message));
        HealthReportEntry health = await _host.CheckHealthAsync();
        Assert.Equal(
            (HealthStatus.Degraded, "The election has not begun, because its host has not started yet: " + suspects),
            (health.Status, health.Description));
        Time.Advance(TimeSpan.FromHours(1));
        _gate.Open();
        await starting;
        await _host.LeadAsync();
        Assert.Equal(HealthStatus.Healthy, (await _host.CheckHealthAsync()).Status);
        Assert.Single(_host.Logs.Named("NotBegun"));
        await _host.StopAsync();
        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task AllStartAtOnce_TheOneThatHangsIsNamedAndNoneThatIsKnownToHaveStarted()
    {
        _host.Services.Configure<HostOptions>(options => options.ServicesStartConcurrently = true);
        _host.AddElection();
        _host.Services.AddHostedService<Background>();
        _host.Services.AddHostedService<Consumer>(); // Each is called after the one before: when this one hangs the others have begun.

        Assert.Equal(StartAsyncOfConsumer, await CauseAsync());
    }

    [Fact]
    public async Task BackgroundServicesFollow_TheFirstIsNamedToo()
    {
        _host.AddElection();
        _host.Services.AddHostedService<Consumer>().AddHostedService<Background>().AddHostedService<Idle>();

        Assert.StartsWith("StartAsync of Consumer or Background has not returned", await CauseAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyMayHang_ThreeAreNamed()
    {
        _host.AddElection();
        _host.Services.AddHostedService<Consumer>().AddHostedService<Idle>().AddSingleton<IHostedService>(new Lifecycle())
            .AddSingleton<IHostedService>(new Lifecycle());

        Assert.StartsWith(
            "StartAsync of Consumer or Idle or Lifecycle or another has not returned", await CauseAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartingAsyncOfAnotherHangs_IsTold()
    {
        _host.Services.AddHostedService<HangsInStarting>();
        _host.AddElection();

        Assert.Equal(SomethingElse, await CauseAsync());
    }

    [Fact]
    public async Task ConstructorOfAnotherHangs_IsTold()
    {
        _host.AddElection();
        _host.Services.AddHostedService<HangsInConstructor>();

        Assert.Equal(SomethingElse, await CauseAsync());
    }

    [Fact]
    public async Task AppDoesNotSayHowTheApiServerIsReached_IsTold()
    {
        _host.Services.AddHostedService<Idle>();
        _host.AddElection();
        _host.Services.AddHostedService<Idle>().AddSingleton<IElectionStoreFactory>(new HangingStoreFactory(_gate));
        Task starting = Task.Run(_host.StartAsync);
        await _gate.Reached;

        Time.Advance(TimeSpan.FromSeconds(30));

        Assert.EndsWith(
            "the app has not said yet how the API server is reached (UseKubernetesConnection, "
                + "UseKubernetesClient). Look at what it calls there.",
            Assert.Single(_host.Logs.Named("NotBegun")).Message, StringComparison.Ordinal);
        _gate.Open();
        await Assert.ThrowsAsync<OptionsValidationException>(() => starting);
    }

    [Fact]
    public async Task AServiceThatIsNoSingleton_IsNotMadeOnceMore()
    {
        _host.Services.AddTransient<IHostedService, Counted>().AddHostedService<Consumer>();
        _host.AddElection();

        Assert.Equal(SomethingElse, await CauseAsync());
        Assert.Equal(1, _gate.Made);
    }

    [Fact]
    public async Task CallbackOfApplicationStartedBlocks_ElectionHasBegunBefore()
    {
        _host.AddElection().AddWork(Work.RunAsync);
        using CancellationTokenRegistration blocking = _host.Lifetime.ApplicationStarted.Register(() => _gate.PassAsync().Wait());
        Task starting = Task.Run(_host.StartAsync);
        await _gate.Reached;

        await Work.StartedAsync();
        Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Empty(_host.Logs.Named("NotBegun"));
        _gate.Open();
        await starting;
        Assert.Single(_host.Logs.Named("Standing"));
    }

    [Fact]
    public async Task HostCallsStartAndStopOnly_BeginsWhenTheLifetimeSaysSoAndReleases()
    {
        _host.AddElection().AddWork(Work.RunAsync);
        IHostedService[] services = [.. _host.Host.Services.GetServices<IHostedService>()];
        foreach (IHostedService service in services)
            await service.StartAsync(default);
        Assert.Equal("The election has not begun yet: its host is starting.", (await _host.CheckHealthAsync()).Description);

        ((ApplicationLifetime)_host.Lifetime).NotifyStarted();
        await Work.StartedAsync();
        Assert.Equal("Leading.", (await _host.CheckHealthAsync()).Description);
        foreach (IHostedService service in services)
            await service.StopAsync(default).WaitAsync(Signal.Patience);

        Assert.Equal((1, 1), (Work.Starts, Work.Stops));
        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task HostNeverSaysThatItHasStarted_IsTold()
    {
        _host.AddElection();
        foreach (IHostedService service in _host.Host.Services.GetServices<IHostedService>())
            await service.StartAsync(default);

        Time.Advance(TimeSpan.FromSeconds(30));

        Assert.EndsWith(SomethingElse, Assert.Single(_host.Logs.Named("NotBegun")).Message, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Degraded, (await _host.CheckHealthAsync()).Status);
    }

    [Fact]
    public async Task HostHasStartedBeforeOurServiceIs_BeginsAtOnce()
    {
        _host.AddElection().AddWork(Work.RunAsync);
        ((ApplicationLifetime)_host.Lifetime).NotifyStarted();

        foreach (IHostedService service in _host.Host.Services.GetServices<IHostedService>())
            await service.StartAsync(default);

        await Work.StartedAsync();
    }

    [Fact]
    public async Task HostIsStoppedBeforeItHasStarted_NeverBegins()
    {
        _host.AddElection().AddWork(Work.RunAsync);
        foreach (IHostedService service in _host.Host.Services.GetServices<IHostedService>())
        {
            await service.StartAsync(default);
            await service.StopAsync(default).WaitAsync(Signal.Patience);
        }

        ((ApplicationLifetime)_host.Lifetime).NotifyStarted();
        Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Empty(_host.Logs.Named("Standing"));
        Assert.Empty(_host.Logs.Named("NotBegun"));
    }

    /// <summary>A host that gives its start up is disposed of just then: thrown on a timer's thread, it would end the process.</summary>
    [Fact]
    public void HostIsBeingDisposedOf_SaysNothingAndThrowsNothing()
    {
        _host.AddElection().AddWork(Work.RunAsync);
        _host.Services.AddSingleton<IHostedService>(_ => new LateService(() => Time.Advance(TimeSpan.FromSeconds(30))));
        _ = _host.Host.Services.GetServices<IHostedService>().Count();

        _host.Host.Dispose();

        Assert.Empty(_host.Logs.Named("NotBegun"));
    }

    [Fact]
    public async Task Begun_WatchIsOver()
    {
        _host.AddElection();
        await _host.StartAndLeadAsync();

        Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Empty(_host.Logs.Named("NotBegun"));
    }

    /// <summary>The cause that is told of a host which does not get on.</summary>
    private async Task<string> CauseAsync()
    {
        Task starting = Task.Run(_host.StartAsync);
        await _gate.Reached;
        Time.Advance(TimeSpan.FromSeconds(30));
        string message = (await _host.Logs.WaitForAsync("NotBegun")).Message;
        _gate.Open();
        await starting;
        return message.Split(": ", 2)[1];
    }

    private sealed class LateService(Action disposed) : IHostedService, IDisposable
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => disposed();
    }

    /// <summary>What those who hang stand before.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task.WaitAsync(Signal.Patience);

        public int Made { get; set; }

        public Task PassAsync()
        {
            _reached.TrySetResult();
            return _open.Task;
        }

        public void Open() => _open.TrySetResult();
    }

    private sealed class HangingStoreFactory(Gate gate) : IElectionStoreFactory
    {
        public async ValueTask<OpenedStore> OpenAsync(
            LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken)
        {
            await gate.PassAsync();
            throw new LeaseStoreConfigurationException("no");
        }

        public ValueTask<OpenedLeases> OpenLeasesAsync(
            LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class Consumer(Gate gate) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => gate.PassAsync();

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Idle : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Background : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }

    private sealed class HangsInStarting(Gate gate) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => gate.PassAsync();

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class HangsInConstructor : IHostedService
    {
        public HangsInConstructor(Gate gate) => gate.PassAsync().Wait();

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Counted : IHostedService
    {
        public Counted(Gate gate) => gate.Made++;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
