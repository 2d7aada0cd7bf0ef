using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>Work that gives up leadership, or stops its host, and waits for what waits for it.</summary>
public sealed class WorkThatStopsItselfTests : HostTest
{
    private readonly ElectionHost _host;
    private readonly TaskCompletionSource<Exception?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WorkThatStopsItselfTests()
    {
        _host = NewHost();
        _host.Services.AddSingleton<Helper>().AddSingleton(_outcome);
    }

    private Task<Exception?> Outcome => _outcome.Task.WaitAsync(Signal.Patience);

    public static TheoryData<string, Func<ILeaderElection, Task>> Ways { get; } = new()
    {
        { "awaited", election => election.StepDownAsync() },
        { "behind awaits", async election =>
            {
                await Task.Yield();
                await Task.Run(async () =>
                {
                    await Task.Yield();
                    await election.StepDownAsync();
                });
            }
        },
        { "blocked on", election =>
            {
                election.StepDownAsync().Wait();
                return Task.CompletedTask;
            }
        },
        { "not waited for", election =>
            {
                _ = election.StepDownAsync();
                return Task.CompletedTask;
            }
        },
        { "with a token that never fires", election => election.StepDownAsync(CancellationToken.None) },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task StepDownAsync_FromWork_IsRefusedWithWhatToDo(string way, Func<ILeaderElection, Task> stepDown)
    {
        _ = way;
        _host.AddElection().AddWork(async (services, _, token) =>
        {
            await RecordAsync(() => services.GetRequiredService<Helper>().CallAsync(stepDown));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        });
        await _host.StartAndLeadAsync();

        Exception? outcome = await Outcome;

        Assert.Equal(
            "The work of lease shop/settlement cannot wait for its own step-down, which waits for that work. Call "
                + "StepDownAsync(stoppingToken), "
            + "which waits until the work is told to stop; or return from the work, with LeaderElection:WhenWorkEnds=StepDown.",
            Assert.IsType<InvalidOperationException>(outcome).Message);
        Assert.True(_host.Election.IsLeader);
        Assert.Empty(_host.Logs.Named("Draining"));
    }

    [Fact]
    public async Task StepDownAsync_FromWorkWithItsToken_HandsOver()
    {
        _host.AddElection().AddWork(async (services, _, token) =>
        {
            await services.GetRequiredService<ILeaderElection>().StepDownAsync(token);
            Assert.Fail("The work is told to stop before its term is over.");
        });
        await _host.StartAndLeadAsync();

        await _host.Logs.WaitForAsync("Released");

        Assert.Null(Server.Holder);
        Assert.DoesNotContain(_host.Logs.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task StepDownAsync_FromWorkWithATokenThatFiresTooLate_IsToldOnceTheWorkShouldHaveStoppedAndHandsOver()
    {
        using var late = new CancellationTokenSource();
        _host.AddElection().AddWork(async (services, _, token) =>
        {
            await RecordAsync(() => services.GetRequiredService<Helper>().CallAsync(election => election.StepDownAsync(late.Token)));
            token.ThrowIfCancellationRequested();
        });
        await _host.StartAndLeadAsync();
        await _host.Logs.WaitForAsync("Draining");

        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(
            "The work of lease shop/settlement still waits for its own step-down although it was told to stop 2 s ago, and the step-down "
            + "waits for that work. Call StepDownAsync(stoppingToken): another token fires too late.",
            Assert.IsType<InvalidOperationException>(await Outcome).Message);
        await _host.Logs.WaitForAsync("Released");
        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task StepDownAsync_FromWhatWorkHasBegunAndDoesNotWaitFor_EndsWithTheStepDown()
    {
        using var late = new CancellationTokenSource();
        _host.AddElection().AddWork((services, term, token) =>
        {
            _ = RecordAsync(() => services.GetRequiredService<ILeaderElection>().StepDownAsync(late.Token));
            return Work.RunAsync(services, term, token);
        });
        await _host.StartAndLeadAsync();

        Assert.Null(await Outcome);

        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task StepDownAsync_FromWhatEndedWorkHasBegunWhileOtherWorkIsSlow_EndsWithTheStepDown()
    {
        using var late = new CancellationTokenSource();
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.AddElection()
            .AddWork((_, _, _) => slow.Task)
            .AddWork((services, term, token) =>
            {
                _ = RecordAsync(() => services.GetRequiredService<ILeaderElection>().StepDownAsync(late.Token));
                return Work.RunAsync(services, term, token);
            });
        await _host.StartAndLeadAsync();
        await Work.StoppedAsync();
        await _host.Logs.WaitForAsync("WorkEnded");

        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(2));
        await Time.WaitForTimerAsync(TimeSpan.FromSeconds(1)); // The election renews, and nobody's wait has ended.
        Assert.False(_outcome.Task.IsCompleted);
        slow.SetResult();

        Assert.Null(await Outcome);
    }

    [Fact]
    public async Task StepDownAsync_FromAHostedServiceMadeLeaderOnly_IsRefusedInEachOfItsMethods()
    {
        var record = new List<Exception?>();
        _host.Services.AddSingleton(record);
        _host.AddElection().AddHostedService<Service>();
        await _host.StartAndLeadAsync();
        await Outcome;

        await _host.Election.StepDownAsync().WaitAsync(Signal.Patience);

        Assert.Equal(4, record.Count);
        Assert.All(record, outcome => Assert.IsType<InvalidOperationException>(outcome));
        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task StepDownAsync_FromACallbackOfTheTermRegisteredByWork_IsRefusedAndTold()
    {
        _host.AddElection().AddWork((services, term, token) =>
        {
            Task work = Work.RunAsync(services, term, token);
            term.Lost.Register(() => _host.Election.StepDownAsync().Wait()); // Callbacks run last one first: before work hears of it.
            return work;
        });
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        await _host.Election.StepDownAsync().WaitAsync(Signal.Patience);

        var told = (AggregateException?)(await _host.Logs.WaitForAsync("StopCallbackFailed")).Exception;
        Assert.Contains("its own step-down", Assert.Single(told!.InnerExceptions).Message, StringComparison.Ordinal);
        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task StepDownAsync_OfAnotherElection_IsDone()
    {
        await using var both = new ElectionHost(_ => new(Time), "me", Time);
        both.AddElection("other", options => options.LeaseName = "other");
        both.AddElection("mine", options => options.LeaseName = "mine").AddWork(async (services, _, token) =>
        {
            var other = services.GetRequiredKeyedService<ILeaderElection>("other");
            await other.WaitForLeadershipAsync(token);
            await RecordAsync(() => other.StepDownAsync());
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        });
        await both.StartAsync();

        Assert.Null(await Outcome);

        Assert.True(both.Keyed("mine").IsLeader);
    }

    [Fact]
    public async Task StepDownAsync_FromWhatWorkHasLeftBehind_IsDone()
    {
        ExecutionContext? left = null;
        _host.AddElection().AddWork((_, _, _) =>
        {
            left = ExecutionContext.Capture();
            return Task.CompletedTask;
        });
        await _host.StartAndLeadAsync();
        await _host.Logs.WaitForAsync("WorkReturned");

        Task? done = null;
        ExecutionContext.Run(left!, _ => done = _host.Election.StepDownAsync(), null);

        await done!.WaitAsync(Signal.Patience);
        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task HostStopAsync_AwaitedByWork_EndsWithAWarningAndReleases()
    {
#pragma warning disable LE0002 // Work that waits for the host, whatever its token says, is what this is about.
        _host.AddElection().AddWork((services, _, _) => RecordAsync(() => services.GetRequiredService<IHost>().StopAsync()));
#pragma warning restore LE0002
        await _host.StartAsync();

        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(2));

        Assert.Null(await Outcome);
        await _host.StopAsync(); // As whoever runs the host does once it is being stopped.
        Assert.Single(_host.Logs.Named("HostStoppedByWork"));
        Assert.Null(Server.Holder);
        Assert.DoesNotContain(_host.Logs.Entries, entry => entry.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task HostStopAsync_BegunByWorkThatObeys_DrainsBeforeOtherServicesStop()
    {
        bool? heldThen = null;
        _host.Services.AddSingleton<IHostedService>(new Lifecycle { OnStop = () => heldThen = Server.Holder is not null });
        Task? stopping = null;
        _host.AddElection().AddWork((services, term, token) =>
        {
            stopping = services.GetRequiredService<IHost>().StopAsync(CancellationToken.None);
            return Work.RunAsync(services, term, token);
        });
        await _host.StartAsync();
        await Work.StoppedAsync();

        await stopping!.WaitAsync(Signal.Patience);

        Assert.False(heldThen);
        Assert.Empty(_host.Logs.Named("HostStoppedByWork"));
    }

    /// <summary>It has its two seconds from then on, however long ago it was told itself.</summary>
    [Fact]
    public async Task HostStopAsync_BegunLongAfterItWasToldByWorkThatReturns_IsNoWarning()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? stopping = null;
        _host.AddElection().AddWork(async (services, _, token) =>
        {
            await using CancellationTokenRegistration registration = token.Register(told.SetResult);
            await late.Task;
            stopping = services.GetRequiredService<IHost>().StopAsync(CancellationToken.None);
        });
        await _host.StartAndLeadAsync();
        _host.Lifetime.StopApplication();
        await told.Task.WaitAsync(Signal.Patience);
        Time.Advance(TimeSpan.FromSeconds(3));

        late.SetResult();

        await _host.StopAsync();
        await stopping!.WaitAsync(Signal.Patience);
        Assert.Empty(_host.Logs.Named("HostStoppedByWork"));
        Assert.Null(Server.Holder);
    }

    private async Task RecordAsync(Func<Task> call)
    {
        try
        {
            await call();
            _outcome.TrySetResult(null);
        }
        catch (Exception exception)
        {
            _outcome.TrySetResult(exception);
        }
    }

    /// <summary>A service that work calls, and that knows nothing of it.</summary>
    private sealed class Helper(ILeaderElection election)
    {
        public Task CallAsync(Func<ILeaderElection, Task> call) => call(election);
    }

    private sealed class Service(
        ILeaderElection election, List<Exception?> record, TaskCompletionSource<Exception?> executed) : BackgroundService
    {
        public override Task StartAsync(CancellationToken cancellationToken)
        {
            Try();
            return base.StartAsync(cancellationToken);
        }

        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            await base.StopAsync(cancellationToken);
            Try();
        }

        public override void Dispose()
        {
            Try();
            base.Dispose();
        }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            Try();
            executed.SetResult(null);
        }

        private void Try() => record.Add(Xunit.Record.Exception(() => election.StepDownAsync().Wait()));
    }
}
