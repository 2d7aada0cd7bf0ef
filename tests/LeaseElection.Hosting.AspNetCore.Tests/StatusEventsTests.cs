using System.Net.ServerSentEvents;
using LeaseElection.Hosting.AspNetCore.Status;
using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>What happens while an event is being written, which no client can bring about at will.</summary>
public sealed class StatusEventsTests : IDisposable
{
    private readonly FakeElection _election = new();
    private readonly CancellationTokenSource _stopping = new();

    public void Dispose() => _stopping.Dispose();

    [Fact]
    public async Task Events_ElectionStopsWhileOneIsWritten_TellItBeforeTheyEnd()
    {
        await using IAsyncEnumerator<SseItem<string>> events = await OpenOnALeaderThatStopsAsync();
        _election.Become(new() { State = LeaderElectionState.Releasing });
        await UntilAsync(events, "Releasing");

        // The reader has not come back for more: to the server, the last event is still on its way.
        _election.Become(new() { State = LeaderElectionState.Stopped });

        Assert.Equal("status", (await UntilAsync(events, "Stopped")).EventType);
        Assert.Null(await NextAsync(events));
    }

    [Fact]
    public async Task Events_ElectionStopsWhileItsStatusIsRead_TellItOnce()
    {
        await using IAsyncEnumerator<SseItem<string>> events = await OpenOnALeaderThatStopsAsync();

        _election.BecomeAfterNextRead(new() { State = LeaderElectionState.Stopped });
        _election.Become(new() { State = LeaderElectionState.Releasing });

        Assert.Equal("status", (await UntilAsync(events, "Stopped")).EventType);
        Assert.Null(await NextAsync(events));
    }

    [Fact]
    public async Task Events_ElectionStopsBeforeItsHostSaysSo_TellItOnce()
    {
        await using IAsyncEnumerator<SseItem<string>> events = Open();
        await NextAsync(events);

        _election.Become(new() { State = LeaderElectionState.Stopped });

        Assert.Equal("status", (await UntilAsync(events, "Stopped")).EventType);
        await _stopping.CancelAsync();
        Assert.Null(await NextAsync(events));
    }

    [Fact]
    public async Task Events_StandbyStops_EndWithAStatus()
    {
        await using IAsyncEnumerator<SseItem<string>> events = Open();
        await NextAsync(events);

        // Nobody has told of a change: what ends the events is looked at, too.
        await _stopping.CancelAsync();

        Assert.Equal("status", (await NextAsync(events))?.EventType);
        Assert.Null(await NextAsync(events));
    }

    private async Task<IAsyncEnumerator<SseItem<string>>> OpenOnALeaderThatStopsAsync()
    {
        _election.Become(new() { State = LeaderElectionState.Leading });
        IAsyncEnumerator<SseItem<string>> events = Open();
        await UntilAsync(events, "Leading");
        await _stopping.CancelAsync();
        return events;
    }

    private IAsyncEnumerator<SseItem<string>> Open()
    {
        using ServiceProvider services = new ServiceCollection().AddSingleton<ILeaderElection>(_election).BuildServiceProvider();
        var reader = new StatusReader(ElectionDirectory.Of(services), TimeProvider.System, CancellationToken.None);
        return new StatusEvents(reader, TimeSpan.FromHours(1), TimeProvider.System, _stopping.Token).ReadAsync(CancellationToken.None)
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
