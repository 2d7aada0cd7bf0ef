using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Tests;

/// <summary>Turns that a thread of its own takes for a loop, because the pool has none.</summary>
[Collection(nameof(WholeProcess))]
public sealed class ElectionLoopRescueTests
{
    private readonly ManualTimeProvider _time = new();

    /// <summary>Nothing comes any more that would wake the loop, and its last timer may be set for half a minute.</summary>
    [Fact]
    public async Task Rescue_TakesTheLastTurn_TheLoopEndsWithoutAnyTimePassing()
    {
        var server = new FakeLeaseServer(_time) { CanBlock = true };
        var election = new LeaderElection("");
        ElectionRun run = SomeRun.On(_time);
        run = run with { Settings = run.Settings with { ReleaseOnStop = false } };
        await using ServiceProvider services = new ServiceCollection().BuildServiceProvider();
        using var watchdog = new TermWatchdog();
        var loop = new ElectionLoop(run, election, new ElectionParts(
            server.Connect(), [], services.GetRequiredService<IServiceScopeFactory>(), watchdog, new FakeLifetime(),
            ElectionTelemetry.Silent(election, run), new LeadershipAnnouncements([]), NullLogger.Instance));
        loop.Start();
        await server.UntilAsync(server => server.OpenWatches == 1);
        LeaderElectionState state;
        using (var starved = new StarvedPool())
        {
            loop.RequestShutDown();
            loop.Rescue();
            state = election.Snapshot.State;
            starved.Feed();
        }

        Assert.Equal(LeaderElectionState.Stopped, state);
        await loop.Completion.WaitAsync(Signal.Patience);
        await loop.DisposeAsync();
    }
}
