using System.Net.ServerSentEvents;
using System.Text.Json;
using LeaseElection.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.AspNetCore.Tests;

public sealed class EventsEndpointTests : WebTest
{
    private static void Map(WebApplication app) => app.MapLeaderElection("/leader-election");

    private static void MapWithoutHeartbeats(WebApplication app) =>
        app.MapLeaderElection("/leader-election", options => options.HeartbeatInterval = TimeSpan.FromHours(1));

    [Fact]
    public async Task Events_Opened_TellTheStatusOnceAndAtOnce()
    {
        WebReplica replica = await StartAsync(
            app => app.MapLeaderElection("/leader-election", options => options.HeartbeatInterval = TimeSpan.FromMilliseconds(100)),
            new FakeElection(), new FakeElection("reports"));
        await using EventReader events = await replica.ListenAsync("/leader-election/events");
        Assert.Equal("text/event-stream", events.MediaType);
        SseItem<JsonElement> first = (await events.NextAsync())!.Value;
        SseItem<JsonElement> second = (await events.NextAsync())!.Value;
        Assert.Equal(["status", "heartbeat"], [first.EventType, second.EventType]);
        Assert.Equal(2, first.Data.GetProperty("elections").GetArrayLength());
        Assert.Equal(first.Data.GetProperty("elections").ToString(), second.Data.GetProperty("elections").ToString()); // What still holds.
        Assert.True(first.Data.GetProperty("now").GetDateTimeOffset() < second.Data.GetProperty("now").GetDateTimeOffset());
    }

    /// <summary>By nothing but the change itself: the next heartbeat is an hour away, and a renewal is told as one.</summary>
    [Fact]
    public async Task Events_ThroughAHandOver_TellItOnBothReplicas()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(MapWithoutHeartbeats);
        await using EventReader onLeader = await leader.ListenAsync("/leader-election/events");
        await using EventReader onStandby = await standby.ListenAsync("/leader-election/events");
        Assert.True((await onLeader.UntilAsync(_ => true)).GetProperty("isLeader").GetBoolean());
        Assert.False((await onStandby.UntilAsync(_ => true)).GetProperty("isLeader").GetBoolean());

        await leader.Election.StepDownAsync().WaitAsync(Signal.Patience);
        await standby.LeadAsync();
        JsonElement won = await onStandby.UntilAsync(told => told.GetProperty("isLeader").GetBoolean());
        JsonElement lost = await onLeader.UntilAsync(told => told.GetProperty("state").GetString() == "Standby"
            && told.TryGetProperty("holderIdentity", out JsonElement holder) && holder.GetString() == "bob");

        Assert.Equal("bob", won.GetProperty("holderIdentity").GetString());
        Assert.False(lost.GetProperty("isLeader").GetBoolean());
    }

    [Fact]
    public async Task Events_LeaderStops_TellDrainAndReleaseAndEnd()
    {
        var mayEnd = new TaskCompletionSource();
        WebReplica leader = await StartAsync("alice", Map, services => services.AddLeaderElection().AddWork(async (_, _, stopping) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping).ContinueWith(_ => { }, TaskScheduler.Default);
            await mayEnd.Task;
        }));
        await leader.LeadAsync();
        await using EventReader events = await leader.ListenAsync("/leader-election/events");
        await events.UntilAsync(told => told.GetProperty("state").GetString() == "Leading");

        Task stopping = leader.StopAsync();
        await events.UntilAsync(told => told.GetProperty("state").GetString() == "Draining");
        mayEnd.SetResult();
        await events.UntilAsync(told => told.GetProperty("state").GetString() == "Stopped");
        Assert.Null(await events.NextAsync());
        await stopping;
    }

    [Fact]
    public async Task Events_StandbyStops_EndAndDoNotHoldTheServerUp()
    {
        // It never ends by itself.
        var election = new FakeElection();
        WebReplica replica = await StartAsync(Map, election);
        await using EventReader events = await replica.ListenAsync("/leader-election/events");
        await events.NextAsync();
        Task stopping = replica.StopAsync();
        while (await events.NextAsync() is not null)
        {
            // What it says last is its own affair.
        }

        await stopping;
        await election.ReadersChanged.WaitUntilAsync(() => election.Readers == 0, () => "the readers to go with the host");
    }

    [Fact]
    public async Task Events_ClientGoesAway_NothingIsLeftBehind()
    {
        var election = new FakeElection();
        WebReplica replica = await StartAsync(Map, election);
        int before = election.Readers; // The history of terms is one.
        for (int round = 0; round < 20; round++)
        {
            EventReader events = await replica.ListenAsync("/leader-election/events");
            await events.NextAsync();
            Assert.Equal(before + 1, election.Readers);
            await events.DisposeAsync();
            await election.ReadersChanged.WaitUntilAsync(
                () => election.Readers == before, () => $"round {round}: the election still has a reader");
        }

        Assert.Equal(1, before);
        Assert.DoesNotContain(replica.Logs.Entries, entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact]
    public async Task Events_ErrorOfOneOfSeveral_IsTold()
    {
        var reports = new FakeElection("reports");
        WebReplica replica = await StartAsync(Map, new FakeElection(), reports);
        await using EventReader events = await replica.ListenAsync("/leader-election/events");
        await events.NextAsync();
        reports.Become(new() { State = LeaderElectionState.Standby, LastError = "The API server does not answer." });
        JsonElement told = await events.UntilAsync(status => status.TryGetProperty("lastError", out _), election: 1);
        Assert.Equal("The API server does not answer.", told.GetProperty("lastError").GetString());
    }

    /// <summary>Else whoever shows the time left would see it run out on a leader that is well.</summary>
    [Fact]
    public async Task Events_Renewal_IsToldBeforeTheNextHeartbeat()
    {
        var election = new FakeElection();
        WebReplica replica = await StartAsync(MapWithoutHeartbeats, election);
        await using EventReader events = await replica.ListenAsync("/leader-election/events");
        await events.NextAsync();
        foreach (int second in new[] { 1, 2 })
        {
            DateTimeOffset renewed = DateTimeOffset.UnixEpoch.AddSeconds(second);
            election.Renew(renewed);

            // On a slow machine the one before is told twice.
            await events.UntilAsync(
                status => status.TryGetProperty("renewedAt", out JsonElement at) && at.GetDateTimeOffset() == renewed, kind: "heartbeat");
        }
    }

    [Theory]
    [InlineData("00:00:00.05")]
    [InlineData("1.00:00:00")]
    public async Task Map_HeartbeatOutOfRange_IsRefused(string interval)
    {
        await using var replica = new WebReplica("me");
        replica.Builder.Services.AddLeaderElection();
        var exception = Assert.Throws<ArgumentException>(() => replica.App.MapLeaderElection(
            "/leader-election", options => options.HeartbeatInterval = TimeSpan.Parse(interval, null)));
        Assert.Contains("HeartbeatInterval", exception.Message, StringComparison.Ordinal);
    }
}
