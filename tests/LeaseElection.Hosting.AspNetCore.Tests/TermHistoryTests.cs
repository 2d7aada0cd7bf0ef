using System.Text.Json;
using LeaseElection.Hosting.AspNetCore.Status;
using LeaseElection.Testing;
using LeaseElection.Testing.Time;
using Microsoft.AspNetCore.Builder;

namespace LeaseElection.Hosting.AspNetCore.Tests;

public sealed class TermHistoryTests : WebTest
{
    private static readonly DateTimeOffset Noon = new(2025, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeElection _election = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly TermHistory _history;

    public TermHistoryTests() => _history = new(_election, _clock);

    private static void Map(WebApplication app) => app.MapLeaderElection("/leader-election");

    [Fact]
    public async Task Terms_ThroughAHandOver_AreOldestFirstAndOneGoesOn()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(Map);
        DateTimeOffset asked = TimeProvider.System.GetUtcNow();
        await leader.Election.StepDownAsync().WaitAsync(Signal.Patience);
        await standby.LeadAsync();
        await leader.UntilAsync(status => status.HolderIdentity == "bob");

        foreach (WebReplica replica in new[] { leader, standby })
        {
            JsonElement[] terms = await TermsOfAsync(replica);
            Assert.Equal(["alice", "bob"], terms.Select(HolderOf));
            DateTimeOffset began = terms[1].GetProperty("since").GetDateTimeOffset();
            Assert.InRange(terms[0].GetProperty("until").GetDateTimeOffset(), terms[0].GetProperty("since").GetDateTimeOffset(), began);
            Assert.False(terms[1].TryGetProperty("until", out _));

            // A hand-over within one second dates the new term up to two seconds ahead; it is not shown to begin later than it was seen.
            Assert.InRange(began, asked, standby.Election.Term!.AcquiredAt);
            Assert.True(began <= TimeProvider.System.GetUtcNow());
        }
    }

    [Fact]
    public async Task Terms_OfOneHolderTwice_AreTwo()
    {
        var election = new FakeElection();
        WebReplica replica = await StartAsync(Map, election);
        election.Become(new() { State = LeaderElectionState.Standby, HolderIdentity = "alice", AcquiredAt = Noon });
        await TermsOfAsync(replica);
        election.Become(
            new() { State = LeaderElectionState.Standby, HolderIdentity = "alice", AcquiredAt = Noon, LastError = "No answer." });
        await TermsOfAsync(replica);
        election.Become(new() { State = LeaderElectionState.Standby });
        DateTimeOffset until = Assert.Single(await TermsOfAsync(replica)).GetProperty("until").GetDateTimeOffset();
        election.Become(new() { State = LeaderElectionState.Standby, HolderIdentity = "alice", AcquiredAt = Noon.AddMinutes(1) });
        Assert.Equal([Noon, until], (await TermsOfAsync(replica)).Select(term => term.GetProperty("since").GetDateTimeOffset()));
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
            election.Become(
                new() { State = LeaderElectionState.Standby, HolderIdentity = "holder-" + term, AcquiredAt = Noon.AddMinutes(term) });
            await TermsOfAsync(replica);
        }

        JsonElement[] terms = await TermsOfAsync(replica);
        Assert.Equal(10, terms.Length);
        Assert.Equal("holder-15", HolderOf(terms[0]));
        Assert.Equal("holder-24", HolderOf(terms[9]));
    }

    /// <summary>A lease that is taken within the second of its release is dated a second ahead, for client-go to see a change.</summary>
    [Fact]
    public void Look_TermsWithinASecond_AreInOrderAndNotAheadOfTheClock()
    {
        See("alice", acquiredAt: Now);
        _clock.Advance(TimeSpan.FromSeconds(5));
        See(null);
        See("bob", acquiredAt: Now.AddSeconds(1));
        DateTimeOffset bob = Now;
        _clock.Advance(TimeSpan.FromSeconds(0.3));
        See(null);
        See("alice", acquiredAt: Now.AddSeconds(0.1));

        IReadOnlyList<SeenTerm> terms = See("alice", acquiredAt: Now.AddSeconds(0.1));

        Assert.Equal(["alice", "bob", "alice"], terms.Select(term => term.HolderIdentity));
        Assert.Equal(new SeenTerm("bob", bob, Now), terms[1]);
        Assert.Equal(new SeenTerm("alice", Now, Until: null), terms[2]);
    }

    /// <summary>The end of a term is seen, the beginning of the next is told; and it is told of a moment that may lie before.</summary>
    [Fact]
    public void Look_ReleaseSeenAfterTheNextTermBegan_EndsTheFormerTermThen()
    {
        See("alice", acquiredAt: Now);
        DateTimeOffset alice = Now;
        _clock.Advance(TimeSpan.FromSeconds(5));
        DateTimeOffset bob = Now;
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        See(null);
        _clock.Advance(TimeSpan.FromSeconds(0.2));

        IReadOnlyList<SeenTerm> terms = See("bob", acquiredAt: bob);

        Assert.Equal([new("alice", alice, bob), new("bob", bob, null)], terms);
    }

    /// <summary>As after an outage, in which this process has lost its own term at a moment that it knows.</summary>
    [Fact]
    public void Look_NextTermBeganBeforeTheEndThatWasSeenByAClockThatIsWrong_BeginsThen()
    {
        DateTimeOffset read = Now;
        See("alice", acquiredAt: read);
        _clock.Advance(TimeSpan.FromSeconds(10));
        DateTimeOffset lost = Now;
        See(null, readAt: read, error: "No answer.");
        _clock.Advance(TimeSpan.FromSeconds(20));

        IReadOnlyList<SeenTerm> terms = See("bob", acquiredAt: read.AddSeconds(2));

        Assert.Equal([new("alice", read, lost), new("bob", lost, null)], terms);
    }

    [Theory]
    [InlineData(600)]
    [InlineData(-600)]
    public void Look_HolderWhoseClockIsWrong_BeganWhenItWasSeen(int secondsAhead)
    {
        See("alice", acquiredAt: Now);
        _clock.Advance(TimeSpan.FromHours(1));
        See("alice", acquiredAt: Now.AddHours(-1));
        _clock.Advance(TimeSpan.FromSeconds(1));

        IReadOnlyList<SeenTerm> terms = See("bob", acquiredAt: Now.AddSeconds(secondsAhead));

        Assert.Equal(terms[0].Until, terms[1].Since);
        Assert.InRange(terms[1].Since, Now.AddSeconds(-1), Now);
    }

    [Fact]
    public void Look_AnotherTookOverWhileNothingCouldBeRead_EndsTheFormerTermThen()
    {
        See("alice", acquiredAt: Now);
        DateTimeOffset read = Now;
        _clock.Advance(TimeSpan.FromMinutes(1));
        See("alice", acquiredAt: read, readAt: read, error: "No answer.");
        _clock.Advance(TimeSpan.FromMinutes(9));

        IReadOnlyList<SeenTerm> terms = See("bob", acquiredAt: read.AddMinutes(2));

        Assert.Equal([new("alice", read, read.AddMinutes(2)), new("bob", read.AddMinutes(2), null)], terms);
    }

    [Fact]
    public void Look_ErrorsThatChange_FailSinceTheFirst()
    {
        See("alice", acquiredAt: Now);
        Assert.Null(_history.Look().FailingSince);
        DateTimeOffset first = Now;
        See("alice", acquiredAt: Now, error: "No answer within 1.8 s.");
        _clock.Advance(TimeSpan.FromSeconds(3));
        See("alice", acquiredAt: first, error: "No answer within 1 s.");
        Assert.Equal(first, _history.Look().FailingSince);
        See("alice", acquiredAt: first);
        Assert.Null(_history.Look().FailingSince);
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    private IReadOnlyList<SeenTerm> See(
        string? holder, DateTimeOffset? acquiredAt = null, DateTimeOffset? readAt = null, string? error = null)
    {
        _election.Become(new()
        {
            State = LeaderElectionState.Standby,
            HolderIdentity = holder,
            AcquiredAt = acquiredAt,
            ReadAt = readAt ?? Now,
            LastError = error,
        });
        return _history.Look().Terms;
    }

    private static string? HolderOf(JsonElement term) => term.GetProperty("holderIdentity").GetString();

    private static async Task<JsonElement[]> TermsOfAsync(WebReplica replica) =>
        [.. (await replica.GetAsync("/leader-election/default")).Json.GetProperty("terms").EnumerateArray()];
}
