using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

public sealed class LeaderElectionServiceDisposeTests : HostTest
{
    private readonly ElectionHost _host;

    public LeaderElectionServiceDisposeTests()
    {
        _host = NewHost();
        _host.AddElection().AddWork(Work.RunAsync);
    }

    [Fact]
    public async Task DisposeAsync_StartOfTheHostFailedHalfWay_WorkStopsAndTheLeaseIsReleased()
    {
        _host.Services.AddSingleton<IHostedService>(new Lifecycle
        {
            OnStarted = () =>
            {
                Work.StartedAsync().Wait();
                throw new InvalidOperationException("no");
            },
        });

        await Assert.ThrowsAsync<InvalidOperationException>(_host.StartAsync);
        await _host.DisposeAsync();

        Assert.Equal((1, 1), (Work.Starts, Work.Stops));
        Assert.Null(Server.Holder);
        Assert.DoesNotContain(_host.Logs.Entries, entry => entry.Level == LogLevel.Critical);
    }

    [Fact]
    public async Task DisposeAsync_NotStoppedAndWorkHangs_SaysSoOnceAndDoesNotRelease()
    {
        Work.Obeys = false;
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Task disposing = _host.DisposeAsync().AsTask();
        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(2));
        await disposing;

        Assert.Single(_host.Logs.Named("Abandoned"));
        Assert.Equal("me", Server.Holder);
        await Work.Token.FiredAsync();
        await AdvanceUntilAsync(() => Time.Timers == 0);
    }

    [Fact]
    public async Task Dispose_NotStopped_StopsWorkWithoutWaiting()
    {
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        ((IDisposable)_host.Host.Services).Dispose();

        await Work.StoppedAsync();
        await Server.UntilAsync(_ => _host.Store.IsDisposed);
        Assert.Equal("me", Server.Holder);
    }

    /// <summary>What goes on after it would show a process as here that may be gone in all but name.</summary>
    [Fact]
    public async Task Dispose_NotStopped_EndsMembersPartitionsAndAnnouncersWithoutWaiting()
    {
        var group = new FakeLeaseGroup();
        Leases = group;
        var announcer = new RecordingAnnouncer();
        ElectionHost host = NewHost("member");
        host.Announcers.Add(announcer);
        host.AddElection(options => options.Partitions.Count = 2).AddMembers().AddPartitionedWork((_, _, _, token) =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));
        await host.StartAsync();
        await group.UntilAsync(group => group.OpenWatches == 1 && group.Leases.Count == 3);

        ((IDisposable)host.Host.Services).Dispose();

        await group.UntilAsync(group => group.OpenWatches == 0);
        await announcer.Disposed.Task.WaitAsync(Signal.Patience);
        await AdvanceUntilAsync(() => Time.Timers == 0);
    }

    [Fact]
    public async Task Dispose_Standby_IsNoCauseForAlarm()
    {
        Server.Edit(record => record with
        {
            HolderIdentity = "other",
            LeaseDurationSeconds = 15,
            AcquireTime = Time.GetUtcNow(),
            RenewTime = Time.GetUtcNow(),
        });
        await _host.StartAsync();
        await _host.Logs.WaitForAsync("HolderChanged");

        ((IDisposable)_host.Host.Services).Dispose();

        await Server.UntilAsync(_ => _host.Store.IsDisposed);
        Assert.DoesNotContain(_host.Logs.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task DisposeAsync_StoreHearsNoToken_EndsAllTheSame()
    {
        _host.Store.All(FakeFault.Stuck);
        await _host.StartAsync();
        await Server.UntilAsync(server => server.RequestsUnderWay == 1);

        Task disposing = _host.DisposeAsync().AsTask();
        await AdvanceUntilAsync(() => disposing.IsCompleted);

        await disposing;
    }

    [Fact]
    public async Task StopAsync_StoreCannotBeDisposed_IsToldAndTheHostStops()
    {
        _host.Store.DisposeError = new IOException("no");
        await _host.StartAndLeadAsync();

        await _host.StopAsync();

        Assert.Equal("no", Assert.Single(_host.Logs.Named("StoreThrew")).Exception?.Message);
        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task StopAsync_NeverStarted_ReturnsAtOnce()
    {
        foreach (IHostedService service in _host.Host.Services.GetServices<IHostedService>())
            await service.StopAsync(default).WaitAsync(Signal.Patience);

        Assert.Equal(0, Work.Starts);
    }
}
