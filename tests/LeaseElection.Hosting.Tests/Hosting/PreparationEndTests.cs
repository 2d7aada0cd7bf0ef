using LeaseElection.Testing;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>A host that stops while work prepares itself.</summary>
public sealed class PreparationEndTests : PreparationTest
{
    [Fact]
    public async Task HostStops_PreparationIgnoresItsToken_IsToldAndNotWaitedForLonger()
    {
        Story.PrepareAsync = _ => Ready.Task;
        await StandByAsync();
        await Story.UntilAsync("prepare 1");

        Task stopping = Hosted.StopAsync();
        await Hosted.UntilStateAsync(LeaderElectionState.Stopped);
        await AdvanceUntilAsync(() => stopping.IsCompleted);

        LogEntry entry = Assert.Single(Hosted.Logs.Named("PreparationOverran"));
        Assert.Equal((LogLevel.Warning, 886), (entry.Level, entry.Id.Id));
        Ready.SetResult();
        await Story.UntilAsync("disposed 1"); // What is left of it goes when it can.
    }

    /// <summary>The time that work has to stop may be minutes, and the host has less.</summary>
    [Fact]
    public async Task HostStops_PreparationIgnoresItsToken_IsWaitedForNoLongerThanTheHostLeavesForDraining()
    {
        Hosted.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(12));
        Hosted.AddElection(options => (options.LeaseDuration, options.StopTimeout) = (TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5)));
        Story.PrepareAsync = _ => Ready.Task;
        await StandByAsync();
        await Story.UntilAsync("prepare 1");

        Task stopping = Hosted.StopAsync();
        await Hosted.UntilStateAsync(LeaderElectionState.Stopped);
        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(10));

        await stopping;
        Assert.Contains("still runs 10 s after", Assert.Single(Hosted.Logs.Named("PreparationOverran")).Message, StringComparison.Ordinal);
        Ready.SetResult();
    }

    [Fact]
    public async Task HostHasNoMoreTime_PreparationIgnoresItsToken_IsNotWaitedFor()
    {
        Story.PrepareAsync = _ => Ready.Task;
        await StandByAsync();
        await Story.UntilAsync("prepare 1");

        Task disposing = Hosted.DisposeAsync().AsTask();
        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(2));

        await disposing.WaitAsync(Signal.Patience);
        Ready.SetResult();
        await Story.UntilAsync("disposed 1"); // What is left of it goes when it can.
    }

    [Fact]
    public async Task HostStops_PreparationObeys_IsDisposedBeforeTheStopEnds()
    {
        Story.PrepareAsync = Ready.Task.WaitAsync;
        await StandByAsync();
        await Story.UntilAsync("prepare 1");

        await Hosted.StopAsync();

        Assert.Equal(["prepare 1", "disposed 1"], Story.Told);
        Assert.DoesNotContain(Hosted.Logs.Entries, entry => entry.Level >= LogLevel.Warning);
    }
}
