using System.Text.Json;
using LeaseElection.Testing;
using Microsoft.AspNetCore.Builder;

namespace LeaseElection.Hosting.AspNetCore.Tests;

public sealed class TermHistoryTests : WebTest
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private static void Map(WebApplication app) => app.MapLeaderElection("/leader-election");

    [Fact]
    public async Task Terms_ThroughAHandOver_AreOldestFirstAndOneGoesOn()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(Map);
        await leader.Election.StepDownAsync().WaitAsync(Signal.Patience);
        await standby.LeadAsync();
        await leader.UntilAsync(status => status.HolderIdentity == "bob");

        foreach (WebReplica replica in new[] { leader, standby })
        {
            JsonElement[] terms = await TermsOfAsync(replica);
            Assert.Equal(["alice", "bob"], terms.Select(HolderOf));
            Assert.True(terms[0].GetProperty("until").GetDateTimeOffset() >= terms[0].GetProperty("since").GetDateTimeOffset());
            Assert.False(terms[1].TryGetProperty("until", out _));
            Assert.Equal(standby.Election.Term!.AcquiredAt, terms[1].GetProperty("since").GetDateTimeOffset());
        }
    }

    [Fact]
    public async Task Terms_OfOneHolderTwice_AreTwo()
    {
        var election = new FakeElection();
        WebReplica replica = await StartAsync(Map, election);
        election.Become(new() { State = LeaderElectionState.Standby, HolderIdentity = "alice", AcquiredAt = Noon });
        await TermsOfAsync(replica);
        election.Become(new() { State = LeaderElectionState.Standby, HolderIdentity = "alice", AcquiredAt = Noon, LastError = "No answer." });
        await TermsOfAsync(replica);
        election.Become(new() { State = LeaderElectionState.Standby });
        Assert.True(Assert.Single(await TermsOfAsync(replica)).TryGetProperty("until", out _));
        election.Become(new() { State = LeaderElectionState.Standby, HolderIdentity = "alice", AcquiredAt = Noon.AddMinutes(1) });
        Assert.Equal([Noon, Noon.AddMinutes(1)], (await TermsOfAsync(replica)).Select(term => term.GetProperty("since").GetDateTimeOffset()));
    }

    [Fact]
    public async Task Terms_OwnOneLostWithoutAnAnswer_IsOver()
    {
        var election = new FakeElection();
        WebReplica replica = await StartAsync(Map, election);
        election.Become(new() { State = LeaderElectionState.Leading, HolderIdentity = "me", AcquiredAt = Noon });
        Assert.False(Assert.Single(await TermsOfAsync(replica)).TryGetProperty("until", out _));
        election.Become(new() { State = LeaderElectionState.Standby, HolderIdentity = "me", AcquiredAt = Noon, LastError = "No answer." });
        Assert.True(Assert.Single(await TermsOfAsync(replica)).TryGetProperty("until", out _));
    }

    [Fact]
    public async Task Terms_OfMany_AreTheLastTen()
    {
        var election = new FakeElection();
        WebReplica replica = await StartAsync(Map, election);
        for (int term = 0; term < 25; term++)
        {
            election.Become(new() { State = LeaderElectionState.Standby, HolderIdentity = "holder-" + term, AcquiredAt = Noon.AddMinutes(term) });
            await TermsOfAsync(replica);
        }

        JsonElement[] terms = await TermsOfAsync(replica);
        Assert.Equal(10, terms.Length);
        Assert.Equal("holder-15", HolderOf(terms[0]));
        Assert.Equal("holder-24", HolderOf(terms[9]));
    }

    private static string? HolderOf(JsonElement term) => term.GetProperty("holderIdentity").GetString();

    private static async Task<JsonElement[]> TermsOfAsync(WebReplica replica) =>
        [.. (await replica.GetAsync("/leader-election/default")).Json.GetProperty("terms").EnumerateArray()];
}
