using System.Threading.Channels;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Tests;

/// <summary>How a leader-only service ends whose stop waits for what does not come any more.</summary>
public sealed class LeaderHostedServiceEndTests : HostTest, IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3.8);

    private readonly ElectionHost _host;
    private readonly Consumer _consumer = new();

    public LeaderHostedServiceEndTests()
    {
        _host = NewHost();
        _host.Services.AddSingleton(_consumer);
    }

    public void Dispose() => _consumer.Dispose();

    /// <summary>Else this process would lead for ever without its work, and nobody would hear of it.</summary>
    [Fact]
    public async Task Faults_AndItsStopWaitsForItsQueue_IsToldAllTheSame()
    {
        await LeadAsync();

        _consumer.Fault = new InvalidOperationException("a bad item");
        _consumer.Handle();
        await _consumer.Stops.WaitAsync(Signal.Patience);
        Time.Advance(StopTimeout);

        Assert.Equal("a bad item", (await _host.Logs.WaitForAsync("WorkFaulted")).Exception?.Message);
    }

    [Fact]
    public async Task Returns_AndItsStopWaitsForItsQueue_IsWorkThatReturned()
    {
        await LeadAsync();

        _consumer.Returns = true;
        _consumer.Handle();
        await _consumer.Stops.WaitAsync(Signal.Patience);
        Time.Advance(StopTimeout);

        await _host.Logs.WaitForAsync("WorkReturned");
        Assert.Equal("me", Server.Holder);
    }

    /// <summary>Its work was cancelled with items left: what it waits for in its stop never comes, and that is no overrun.</summary>
    [Fact]
    public async Task LosesItsTermWithItemsLeft_ItsStopIsEndedBeforeItOverruns()
    {
        await LeadAsync();

        LetAnotherLead();
        await _consumer.Ends.WaitAsync(Signal.Patience);
        await Time.WaitForTimerAsync(StopTimeout / 2);
        Time.Advance(StopTimeout / 2);

        await _host.Logs.WaitForAsync("WorkEnded");
        Assert.Empty(_host.Logs.Named("WorkOverran"));
        Assert.Empty(_host.Logs.Named("WorkFaulted"));
        Assert.Empty(_host.Logs.Named("WorkFailedWhileStopping"));
        Assert.False(_host.Lifetime.ApplicationStopping.IsCancellationRequested);
    }

    /// <summary>The lease is held: it has all the time that a drain has, also for what comes after its work.</summary>
    [Fact]
    public async Task DrainsForLongAfterItsWork_ItsStopIsNotEnded()
    {
        _consumer.FlushesLast = true;
        await LeadAsync();

        Task stopping = _host.StopAsync();
        _consumer.Handle();
        await _consumer.Ends.WaitAsync(Signal.Patience);
        await RenewAsync();
        await RenewAsync();
        Assert.False(_consumer.IsTokenFired);
        _consumer.Flushed();
        await stopping;

        Assert.False(_consumer.IsTokenFired);
        Assert.Null(Server.Holder);
    }

    /// <summary>The end of one term would be the end of both, and the work of the first would outlive its lease.</summary>
    [Fact]
    public async Task SameInstanceInTwoElections_SecondIsRefusedAndTheFirstWorksOn()
    {
        var reports = new FakeLeaseServer(Time);
        await using var host = new ElectionHost(lease => lease == "reports" ? reports : Server, "me", Time);
        host.Services.AddSingleton(_consumer);
        host.AddElection().AddHostedService(services => services.GetRequiredService<Consumer>());
        host.AddElection("reports", options => options.LeaseName = "reports")
            .AddHostedService(services => services.GetRequiredService<Consumer>());
        await host.StartAsync();

        string? told = (await host.Logs.WaitForAsync("WorkFaulted")).Exception?.Message;

        Assert.StartsWith("This Consumer runs in the term of lease ", told, StringComparison.Ordinal);
        Assert.False(_consumer.Ends.IsCompleted);
        _consumer.Handle();
        await host.StopAsync();
    }

    [Fact]
    public async Task FaultsAndSoDoesItsDisposal_TheFaultIsTold()
    {
        _host.AddElection().AddHostedService<Broken>();
        await _host.StartAsync();

        Assert.Equal("work", (await _host.Logs.WaitForAsync("WorkFaulted")).Exception?.Message);
    }

    private async Task LeadAsync()
    {
        _host.AddElection(options => options.StopTimeout = StopTimeout)
            .AddHostedService(services => services.GetRequiredService<Consumer>());
        await _host.StartAndLeadAsync();
        await _consumer.Runs.WaitAsync(Signal.Patience);
    }

    private void LetAnotherLead() => Server.Edit(record => record with
    {
        HolderIdentity = "other",
        LeaseDurationSeconds = 15,
        AcquireTime = Time.GetUtcNow(),
        RenewTime = Time.GetUtcNow(),
    });

    private sealed class Broken : BackgroundService
    {
        public override void Dispose()
        {
            base.Dispose();
            throw new InvalidOperationException("disposal");
        }

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => throw new InvalidOperationException("work");
    }

    /// <summary>Handles what is enqueued, and in its stop waits until all of it is, as long as it may.</summary>
    private sealed class Consumer : BackgroundService
    {
        private readonly Channel<int> _items = Channel.CreateUnbounded<int>();
        private readonly SemaphoreSlim _handles = new(0);
        private readonly TaskCompletionSource _flushed = NewSource();
        private readonly TaskCompletionSource _runs = NewSource();
        private readonly TaskCompletionSource _stops = NewSource();
        private readonly TaskCompletionSource _ends = NewSource();
        private CancellationToken _token;

        public Consumer()
        {
            for (int i = 0; i < 2; i++)
                _items.Writer.TryWrite(i);
        }

        public Exception? Fault { get; set; }

        public bool Returns { get; set; }

        public bool FlushesLast { get; set; }

        public Task Runs => _runs.Task;

        public Task Stops => _stops.Task;

        public Task Ends => _ends.Task;

        public bool IsTokenFired => _token.IsCancellationRequested;

        public void Handle() => _handles.Release(2);

        public void Flushed() => _flushed.SetResult();

        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            _token = cancellationToken;
            _stops.TrySetResult();
            _items.Writer.TryComplete();
            await _items.Reader.Completion.WaitAsync(cancellationToken);
            if (FlushesLast)
                await _flushed.Task.WaitAsync(cancellationToken);
            await base.StopAsync(cancellationToken);
        }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            _runs.TrySetResult();
            try
            {
                while (await _items.Reader.WaitToReadAsync(stoppingToken))
                {
                    await _handles.WaitAsync(stoppingToken);
                    if (Fault is not null)
                        throw Fault;
                    if (Returns)
                        return;
                    _items.Reader.TryRead(out _);
                }
            }
            finally
            {
                _ends.TrySetResult();
            }
        }

        private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
