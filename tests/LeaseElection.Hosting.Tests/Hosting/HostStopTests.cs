using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Tests;

/// <summary>Several elections of one host, which asks its services one after the other to stop. Their work ignores its token.</summary>
public sealed class HostStopTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly string[] Names = ["a", "b"];

    private readonly ManualTimeProvider _time = new();
    private readonly FakeLeaseGroup _group = new();
    private readonly Dictionary<string, FakeLeaseServer> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TestWork> _works = new(StringComparer.Ordinal);
    private readonly ElectionHost _host;

    public HostStopTests()
    {
        _host = new ElectionHost(name => _servers[name], "me", _time, _group);
        foreach (string name in Names)
        {
            _servers[name] = new FakeLeaseServer(_time);
            _works[name] = new TestWork { Obeys = false };
            _host.AddElection(name, options => options.LeaseName = name).AddWork(_works[name].RunAsync);
        }
    }

    private LeaderElectionService[] Services => [.. _host.Host.Services.GetServices<IHostedService>().OfType<LeaderElectionService>()];

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        foreach (TestWork work in _works.Values)
            work.Return();
        Task disposing = _host.DisposeAsync().AsTask();
        while (await Task.WhenAny(
            disposing, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None)) != disposing)
            _time.Advance(TimeSpan.FromSeconds(1));
        await disposing;
        await _group.DisposeAsync();
    }

    [Fact]
    public async Task StopAsync_WithoutASignal_TellsAllElectionsBeforeTheFirstHasDrained()
    {
        await StartAndLeadAsync();

        Task stopping = _host.StopAsync();
        foreach (TestWork work in _works.Values)
            await work.ToldToStopAsync();

        Assert.False(stopping.IsCompleted);
        Assert.All(_servers.Values, server => Assert.Equal("me", server.Holder));
        foreach (TestWork work in _works.Values)
            work.Return();
        await stopping;
        Assert.All(_servers.Values, server => Assert.Null(server.Holder));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public async Task StopAsync_WithoutASignal_MembersOfEachLeaveBeforeTheFirstHasDrained(string name)
    {
        _host.AddElection(name).AddMembers();
        await StartAndLeadAsync();
        await _group.UntilAsync(group => group.Leases.Count == 1);

        Task stopping = _host.StopAsync();
        await _group.UntilAsync(group => group.Leases.IsEmpty);

        Assert.False(stopping.IsCompleted);
        foreach (TestWork work in _works.Values)
            work.Return();
        await stopping;
    }

    /// <summary>A host may be stopped while it starts.</summary>
    [Fact]
    public async Task StoppingAsync_AnotherHasNotBegun_ItEndsAsSoonAsItBegins()
    {
        LeaderElectionService[] services = Services;
        foreach (LeaderElectionService service in services)
            await service.StartAsync(CancellationToken.None);
        await services[0].StartedAsync(CancellationToken.None);
        await _works["a"].StartedAsync();

        Task stopping = services[0].StoppingAsync(CancellationToken.None);
        await services[1].StartedAsync(CancellationToken.None);

        using var patience = new CancellationTokenSource(Signal.Patience);
        await foreach (LeaderElectionStatus status in _host.Keyed("b").WatchAsync(patience.Token))
            Assert.NotEqual(LeaderElectionState.Leading, status.State);
        Assert.Equal(LeaderElectionState.Stopped, _host.Keyed("b").Status.State);
        Assert.Equal(0, _works["b"].Starts);
        Assert.Null(_servers["b"].Holder);
        Assert.False(stopping.IsCompleted);
        _works["a"].Return();
        await stopping.WaitAsync(Signal.Patience);
    }

    /// <summary>
    /// What is left to an election when the host has no more time counts from when it was told, not from when it is its turn.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HostHasNoMoreTime_ToldLongEnoughAgo_NobodyWaitsForAnyOfThem(bool bySignal)
    {
        await StartAndLeadAsync();
        LeaderElectionService[] services = Services;

        Task first = bySignal ? Task.CompletedTask : services[1].StoppingAsync(CancellationToken.None);
        if (bySignal)
            _host.Lifetime.StopApplication();
        foreach (TestWork work in _works.Values)
            await work.ToldToStopAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        foreach (LeaderElectionService service in services)
            await service.StoppingAsync(new CancellationToken(canceled: true)).WaitAsync(Signal.Patience);

        Assert.Equal(2, _host.Logs.Named("Abandoned").Count);
        await first.WaitAsync(Signal.Patience);
    }

    [Fact]
    public async Task DisposeAsync_NotStopped_WaitsForAllOfThemAtOnce()
    {
        await StartAndLeadAsync();

        Task disposing = _host.DisposeAsync().AsTask();
        await _time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(2));

        await disposing;
        Assert.Equal(2, _host.Logs.Named("Abandoned").Count);
    }

    private async Task StartAndLeadAsync()
    {
        await _host.StartAsync();
        foreach (TestWork work in _works.Values)
            await work.StartedAsync();
    }
}
