using System.Net;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>Two hosts over the same leases: real hand-overs, and real faults.</summary>
public sealed class HandOverTests : IAsyncLifetime
{
    private readonly InMemoryLeases _leases = new();
    private readonly FencedResource _resource = new() { Patience = Signal.Patience };
    private FencedWork _workOfA = null!;
    private FakeReplica _a = null!;
    private FakeReplica _b = null!;

    public async Task InitializeAsync()
    {
        _workOfA = new FencedWork(_resource);
        _a = await FakeReplica.StartAsync(_workOfA, _leases, "a");
        _b = await FakeReplica.StartAsync(new FencedWork(_resource), _leases, "b");
        await _a.Fake.LeadAsync();
        await _resource.UsedAsync().WaitAsync(Signal.Patience);
    }

    public async Task DisposeAsync()
    {
        await _b.DisposeAsync();
        await _a.DisposeAsync();
    }

    [Fact]
    public async Task LeaderStops_StandbyLeadsAtOnce()
    {
        DateTimeOffset now = _leases.Time.GetUtcNow();

        await _a.StopAsync();
        LeadershipTerm term = await _b.Election.WaitForLeadershipAsync().WaitAsync(Signal.Patience);
        await _resource.UsedAsync(2).WaitAsync(Signal.Patience);

        // A host whose stop takes its time lets the clock go; but a lease that was not given up would have had to run out, for longer.
        Assert.InRange(_leases.Time.GetUtcNow() - now, TimeSpan.Zero, new LeaderElectionOptions().RenewDeadline);
        Assert.Equal(term.FencingToken, _resource.Tokens[^1]);
        _resource.Verify();
    }

    [Fact]
    public async Task LeaderStepsDown_StandbyLeadsAtOnce()
    {
        await _a.Fake.StepDownAsync();
        await _b.Election.WaitForLeadershipAsync().WaitAsync(Signal.Patience);
        await _resource.UsedAsync(2).WaitAsync(Signal.Patience);

        Assert.Equal("b", _leases.HolderOf("app"));
        _resource.Verify();
    }

    [Fact]
    public async Task LeaderWithoutANetwork_StopsAtItsDeadlineAndStandbyLeadsWhenTheLeaseHasRunOut()
    {
        LeadershipTerm term = _a.Election.Term!;
        _a.Fake.Inject(LeaseFault.NoConnection);

        await _leases.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.False(term.IsHeld);
        await _leases.AdvanceAsync(TimeSpan.FromSeconds(4));
        Assert.False(_b.Election.IsLeader);
        await _leases.AdvanceAsync(TimeSpan.FromSeconds(1.2));
        await _b.Election.WaitForLeadershipAsync().WaitAsync(Signal.Patience);
        await _resource.UsedAsync(2).WaitAsync(Signal.Patience);

        Assert.Equal(0, _workOfA.Running);
        _resource.Verify();
        _a.Fake.Heal();
    }

    [Fact]
    public async Task LeadAsync_TheOtherHostOfTheTestLeads_IsRefused()
    {
        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => _b.Fake.LeadAsync());

        Assert.Contains("a leads lease default/app, and is a host of this test", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LeadAsync_EitherOfTwoStandbys_IsTheOneThatWasAsked()
    {
        for (int i = 0; i < 20; i++)
        {
            FakeReplica next = i % 2 == 0 ? _b : _a, last = i % 2 == 0 ? _a : _b;
            await last.Fake.LoseAsync();
            await next.Fake.LeadAsync();
            Assert.False(last.Election.IsLeader);
        }

        _resource.Verify();
    }

    public static TheoryData<LeaseFault, LeaseVerbs> Survived => new()
    {
        { LeaseFault.LostReply, LeaseVerbs.Update },
        { LeaseFault.Conflict, LeaseVerbs.Update },
        { LeaseFault.NoAnswer, LeaseVerbs.Update },
        { LeaseFault.NoConnection, LeaseVerbs.Any },
        { LeaseFault.Latency(TimeSpan.FromSeconds(2)), LeaseVerbs.Update },
        { LeaseFault.Latency(TimeSpan.FromSeconds(20)), LeaseVerbs.Update },
        { LeaseFault.Refusal(HttpStatusCode.InternalServerError), LeaseVerbs.Write },
        { LeaseFault.Refusal(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), LeaseVerbs.Any },
    };

    [Theory]
    [MemberData(nameof(Survived))]
    public async Task OneFault_LeaderRenews_CostsNoTerm(LeaseFault fault, LeaseVerbs verbs)
    {
        LeadershipTerm term = _a.Election.Term!;
        string version = Version();
        _a.Fake.Inject(fault, verbs, times: 1);

        await _leases.AdvanceAsync(TimeSpan.FromSeconds(30));

        Assert.True(term.IsHeld);
        Assert.Same(term, _a.Election.Term);
        Assert.NotEqual(version, Version());
        Assert.Null(_a.Election.Status.LastError);
        Assert.False(_b.Election.IsLeader);
        _resource.Verify();
    }

    [Fact]
    public async Task Conflict_OfAnyRequest_IsKeptForAWrite()
    {
        string version = Version();
        _a.Fake.BreakWatches(); // It reads, and watches anew.
        _a.Fake.Inject(LeaseFault.Conflict, times: 1);

        await _leases.AdvanceAsync(TimeSpan.FromSeconds(10));

        Assert.NotEqual(version, Version());
        Assert.StartsWith("after ", (string?)_leases.Get("app")!["metadata"]!["annotations"]!["test"], StringComparison.Ordinal);
    }

    [Fact]
    public void Inject_OfNoRequests_IsRefused() =>
        Assert.Throws<ArgumentException>(() => _leases.Inject(LeaseFault.NoAnswer, LeaseVerbs.None));

    [Fact]
    public async Task LeadAsync_OfTwoHostsAtOnce_OneLeadsAndTheOtherIsRefused()
    {
        await _a.Fake.LoseAsync();

        Task<LeadershipTerm>[] both = [_a.Fake.LeadAsync(), _b.Fake.LeadAsync()];
        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => Task.WhenAll(both));

        Assert.Matches("at once|have it lose", refusal.Message);
        Assert.Contains(both, leading => leading.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task WatchesDenied_LeaderStepsDown_StandbyPollsAndLeads()
    {
        _b.Fake.Inject(LeaseFault.Refusal(HttpStatusCode.Forbidden), LeaseVerbs.Watch);
        _b.Fake.BreakWatches();
        await _leases.AdvanceAsync(TimeSpan.FromSeconds(5));

        await _a.Fake.StepDownAsync();
        await _leases.AdvanceAsync(TimeSpan.FromSeconds(3));
        await _b.Election.WaitForLeadershipAsync().WaitAsync(Signal.Patience);
        await _resource.UsedAsync(2).WaitAsync(Signal.Patience);

        _resource.Verify();
    }

    [Fact]
    public async Task WatchesBrokenAndHistoryForgotten_LeaderStops_StandbyHasReadAndLeads()
    {
        _leases.Compact();
        _leases.BreakWatches();
        await _leases.AdvanceAsync(TimeSpan.FromSeconds(5));

        await _a.StopAsync();
        await _b.Election.WaitForLeadershipAsync().WaitAsync(Signal.Patience);
        await _resource.UsedAsync(2).WaitAsync(Signal.Patience);

        _resource.Verify();
    }

    [Fact]
    public async Task ThirdPartyDeletesTheLease_LeaderLosesItAndAnyLeadsAgain()
    {
        LeadershipTerm term = _a.Election.Term!;
        Task lost = _resource.UsedAsync(2);

        _leases.Delete("app");
        await _leases.AdvanceAsync(TimeSpan.FromSeconds(20));
        await lost.WaitAsync(Signal.Patience);

        Assert.False(term.IsHeld);
        Assert.NotNull(_leases.HolderOf("app"));
        _resource.Verify();
    }

    [Fact]
    public async Task ThirdPartyEditsALabel_LeaderKeepsItsTermAndTheLabel()
    {
        LeadershipTerm term = _a.Election.Term!;

        _leases.Edit("app", lease => lease["metadata"]!["labels"] = new System.Text.Json.Nodes.JsonObject { ["team"] = "shop" });
        _leases.Edit("app", lease => lease["spec"]!["fieldOfTheFuture"] = "kept");
        await _leases.AdvanceAsync(TimeSpan.FromSeconds(10));

        Assert.True(term.IsHeld);
        Assert.Equal("shop", (string?)_leases.Get("app")!["metadata"]!["labels"]!["team"]);
        Assert.Equal("kept", (string?)_leases.Get("app")!["spec"]!["fieldOfTheFuture"]);
    }

    private string Version() => (string)_leases.Get("app")!["metadata"]!["resourceVersion"]!;
}
