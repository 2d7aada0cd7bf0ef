using System.Net.ServerSentEvents;
using LeaseElection.Hosting.AspNetCore.Status;
using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>What happens while an event is being written, which no client can bring about at will.</summary>
public sealed class StatusEventsTests
{
    [Fact]
    public async Task Events_ElectionStopsWhileOneIsWritten_TellItBeforeTheyEnd()
    {
        var election = new FakeElection();
        election.Become(new() { State = LeaderElectionState.Leading });
        using var stopping = new CancellationTokenSource();
        await using IAsyncEnumerator<SseItem<string>> events = Open(election, stopping.Token);
        await UntilAsync(events, "Leading");
        await stopping.CancelAsync();
        election.Become(new() { State = LeaderElectionState.Releasing });
        await UntilAsync(events, "Releasing");

        // The reader has not come back for more: to the server, the last event is still on its way.
        election.Become(new() { State = LeaderElectionState.Stopped });

        SseItem<string> last = await UntilAsync(events, "Stopped");
        Assert.Equal("status", last.EventType);
        Assert.Null(await NextAsync(events));
    }

    [Fact]
    public async Task Events_ElectionStopsWhileItsStatusIsRead_TellItOnce()
    {
        var election = new FakeElection();
        election.Become(new() { State = LeaderElectionState.Leading });
        using var stopping = new CancellationTokenSource();
        await using IAsyncEnumerator<SseItem<string>> events = Open(election, stopping.Token);
        await UntilAsync(events, "Leading");
        await stopping.CancelAsync();

        election.BecomeAfterNextRead(new() { State = LeaderElectionState.Stopped });
        election.Become(new() { State = LeaderElectionState.Releasing });

        Assert.Equal("status", (await UntilAsync(events, "Stopped")).EventType);
        Assert.Null(await NextAsync(events));
    }

    [Fact]
    public async Task Events_ElectionStopsBeforeItsHostSaysSo_TellItOnce()
    {
        var election = new FakeElection();
        using var stopping = new CancellationTokenSource();
        await using IAsyncEnumerator<SseItem<string>> events = Open(election, stopping.Token);
        await NextAsync(events);

        election.Become(new() { State = LeaderElectionState.Stopped });

        Assert.Equal("status", (await UntilAsync(events, "Stopped")).EventType);
        await stopping.CancelAsync();
        Assert.Null(await NextAsync(events));
    }

    [Fact]
    public async Task Events_StandbyStops_EndWithAStatus()
    {
        var election = new FakeElection();
        using var stopping = new CancellationTokenSource();
        await using IAsyncEnumerator<SseItem<string>> events = Open(election, stopping.Token);
        await NextAsync(events);

        // Nobody has told of a change: what ends the events is looked at, too.
        await stopping.CancelAsync();

        Assert.Equal("status", (await NextAsync(events))?.EventType);
        Assert.Null(await NextAsync(events));
    }

    private static IAsyncEnumerator<SseItem<string>> Open(FakeElection election, CancellationToken stopping)
    {
        using ServiceProvider services = new ServiceCollection().AddSingleton<ILeaderElection>(election).BuildServiceProvider();
        var reader = new StatusReader(ElectionDirectory.Of(services), TimeProvider.System, CancellationToken.None);
        return new StatusEvents(reader, TimeSpan.FromHours(1), TimeProvider.System, stopping).ReadAsync(CancellationToken.None)
            .GetAsyncEnumerator(CancellationToken.None);
    }

    private static async Task<SseItem<string>?> NextAsync(IAsyncEnumerator<SseItem<string>> events) =>
        await events.MoveNextAsync().AsTask().WaitAsync(Signal.Patience) ? events.Current : null;

    private static async Task<SseItem<string>> UntilAsync(IAsyncEnumerator<SseItem<string>> events, string state)
    {
        while (await NextAsync(events) is { } next)
        {
            if (next.Data.Contains($"\"state\":\"{state}\"", StringComparison.Ordinal))
                return next;
        }

        throw new EndOfStreamException($"The events ended without telling that it is {state}.");
    }
}
