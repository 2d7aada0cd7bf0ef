using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests.Deaths;

/// <summary>Two hosts on one lease, each of which tells where it runs; the leader dies without a word.</summary>
public sealed class HolderWatchTests : HostTest
{
    private static readonly TimeSpan Settled = DeathKeeper.Settling + TimeSpan.FromMilliseconds(1);

    private readonly FakePods _pods = FakePods.Create();
    private readonly ElectionHost _standby;

    public HolderWatchTests()
    {
        _standby = NewHost("standby");
        _standby.AddElection().AddWork(Work.RunAsync);
        _standby.ProvesDeaths(ProcessOf("worker-1"), _pods);
    }

    private DateTimeOffset Began { get; set; }

    [Fact]
    public async Task Holder_ItsContainerHasEnded_TheStandbyTakesOverAtOnce()
    {
        await LeadAndDieAsync();
        await FollowAsync();
        TimeSpan before = Time.GetElapsedTime(0);

        _pods.Tell(Ended());

        await Work.StartedAsync();
        Assert.Equal(before, Time.GetElapsedTime(0));
        LogEntry why = await _standby.Logs.WaitForAsync("HolderContainerEnded");
        Assert.Contains("dead: its container app of pod shop/worker-0 ended at", why.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Holder_SaysWhereItRuns_WithTheWriteThatBeginsItsTerm()
    {
        await LeadAndDieAsync();

        Assert.Equal(ProcessOf("worker-0").ToString(), _standby.Election.Status.Notes[HolderProcess.Note]);
    }

    [Fact]
    public async Task Holder_NothingProvesItsDeath_TheLeaseRunsOut()
    {
        await LeadAndDieAsync();
        await FollowAsync();

        _pods.Tell(null);
        await _pods.LeftAsync();
        await _standby.Logs.WaitForAsync("HolderNotProvenDead", 2);

        Assert.Equal(0, Work.Starts);
        await AdvanceUntilAsync(() => Work.Starts > 0);
    }

    [Fact]
    public async Task Holder_TermIsYoung_NobodyLooksYet()
    {
        await LeadAndDieAsync();
        await Time.WaitForTimerAsync(Settled).WaitAsync(Signal.Patience);
        Time.Advance(DeathKeeper.Settling - TimeSpan.FromMilliseconds(1));

        Assert.Equal(0, _pods.Count);
    }

    [Fact]
    public async Task Standby_ThatLeads_FollowsNobody()
    {
        await LeadAndDieAsync();
        await FollowAsync();
        _pods.Tell(Ended());
        await Work.StartedAsync();

        await _pods.LeftAsync();

        await _standby.StopAsync();
        Assert.True(_pods.IsDisposed);
        Assert.Equal(1, _pods.Count);
    }

    [Fact]
    public async Task Right_Missing_WarnsOnceAndTriesAgain()
    {
        _pods.Refusal = new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "Grant it.");
        await LeadAndDieAsync();
        await Time.AdvanceOnceArmedAsync(Settled);
        LogEntry warning = await _standby.Logs.WaitForAsync("HolderNotFollowed");
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.StartsWith("Pod shop/worker-0 cannot be watched; trying again in 60 s. ", warning.Message, StringComparison.Ordinal);
        Assert.EndsWith("Grant it.", warning.Message, StringComparison.Ordinal);

        await AdvanceUntilAsync(() => Work.Starts > 0);

        Assert.Single(_standby.Logs.Named("HolderNotFollowed"));
    }

    [Fact]
    public async Task Watch_BrokenWithARetryAfterOfADay_IsOpenedAgainWithinAMinute()
    {
        await LeadAndDieAsync();
        await FollowAsync();

        _pods.Break(new LeaseStoreError(LeaseStoreErrorKind.Throttled, "Too much.") { RetryAfter = TimeSpan.FromDays(1) });

        LogEntry warning = await _standby.Logs.WaitForAsync("HolderNotFollowed");
        Assert.Contains("trying again in 60 s. ", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_ThatThePodDoesNotHave_IsWarnedOfOnce()
    {
        await LeadAndDieAsync();
        await FollowAsync();

        _pods.Tell(Other("web"));
        _pods.Tell(Other("web", "proxy"));
        await _standby.Logs.WaitForAsync("HolderNotProvenDead", 2);

        LogEntry warning = Assert.Single(_standby.Logs.Named("HolderContainerUnknown"));
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains(
            "Of pod shop/worker-0: it has no container \"app\", only \"web\". Set Kubernetes:ContainerName", warning.Message,
            StringComparison.Ordinal);

        static PodFacts Other(params string[] names) => new("u-worker-0", [.. names.Select(name => new ContainerFacts(name, null, []))]);
    }

    [Fact]
    public async Task Watch_ThatBreaks_IsOpenedAgain()
    {
        await LeadAndDieAsync();
        await FollowAsync();
        _pods.Break(new LeaseStoreError(LeaseStoreErrorKind.Network, "gone"));
        LogEntry warning = await _standby.Logs.WaitForAsync("HolderNotFollowed");
        Assert.Contains("trying again in 1 s. ", warning.Message, StringComparison.Ordinal);
        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(1));
        await _pods.FollowedAsync(2);

        _pods.Tell(Running());
        _pods.Tell(Ended());

        await Work.StartedAsync();
        await _standby.Logs.WaitForAsync("HolderWatchRestored");
    }

    /// <summary>The Pod can be read each time, which is no news of its watch.</summary>
    [Fact]
    public async Task Watch_ThatBreaksAgainAndAgain_IsWarnedOfOnce()
    {
        await LeadAndDieAsync();
        await FollowAsync();
        for (int round = 1; round <= 2; round++)
        {
            _pods.Break(new LeaseStoreError(LeaseStoreErrorKind.Network, "gone"));
            await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(round));
            await _pods.FollowedAsync(1 + round);
            _pods.Tell(Running());
        }
        _pods.Break(new LeaseStoreError(LeaseStoreErrorKind.ServerError, "down"));
        await _standby.Logs.WaitForAsync("HolderNotFollowedAgain", 2);

        Assert.Single(_standby.Logs.Named("HolderNotFollowed"));
        Assert.Empty(_standby.Logs.Named("HolderWatchRestored"));
    }

    /// <summary>A server in trouble is not asked every second by all who stand by.</summary>
    [Fact]
    public async Task Watch_ThatBreaksSoonAgain_IsOpenedAfterTwiceAsLong()
    {
        await LeadAndDieAsync();
        await FollowAsync();
        _pods.Break(new LeaseStoreError(LeaseStoreErrorKind.Network, "gone"));
        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(1));
        await _pods.FollowedAsync(2);

        _pods.Break(new LeaseStoreError(LeaseStoreErrorKind.Throttled, "Too much.") { RetryAfter = TimeSpan.FromSeconds(1) });
        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(2));

        await _pods.FollowedAsync(3);
    }

    /// <summary>It is another thing that has to be done, and nobody does it who is told of the first only.</summary>
    [Fact]
    public async Task Right_FoundMissingAfterTheServerWasNotReached_IsWarnedOf()
    {
        await LeadAndDieAsync();
        await FollowAsync();
        _pods.Break(new LeaseStoreError(LeaseStoreErrorKind.Network, "gone"));
        await _standby.Logs.WaitForAsync("HolderNotFollowed");
        _pods.Refusal = new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "Grant it.");

        await Time.AdvanceOnceArmedAsync(TimeSpan.FromSeconds(1));

        await _standby.Logs.WaitForAsync("HolderNotFollowed", 2);
        Assert.EndsWith("Grant it.", _standby.Logs.Named("HolderNotFollowed")[^1].Message, StringComparison.Ordinal);
    }

    /// <summary>The leader's term begins, is seen by the standby, and then nobody hears of the leader any more.</summary>
    private async Task LeadAndDieAsync()
    {
        Began = Time.GetUtcNow();
        ElectionHost leader = NewHost("leader");
        leader.AddElection();
        leader.ProvesDeaths(ProcessOf("worker-0"), new FakePods());
        await leader.StartAndLeadAsync();
        await _standby.StartAsync();
        await _standby.UntilHolderAsync("leader");
        leader.Store.All(LeaseElection.Testing.Leases.FakeFault.Fail);
    }

    private async Task FollowAsync()
    {
        await Time.AdvanceOnceArmedAsync(Settled);
        await _pods.FollowedAsync();
        _pods.Tell(Running());
        await _standby.Logs.WaitForAsync("HolderNotProvenDead");
        Assert.Equal("shop/worker-0", _pods.Pod);
    }

    private PodFacts Running() => new("u-worker-0", [new ContainerFacts("app", Began.AddSeconds(-5), []) { RunningId = "c1" }]);

    private PodFacts Ended() => new(
        "u-worker-0", [new ContainerFacts("app", null, [new ContainerEnd(Began.AddSeconds(-5), Time.GetUtcNow().AddSeconds(1), "c1")])]);

    private HolderProcess ProcessOf(string pod) => new("shop/" + pod, "u-" + pod, "app", Began == default ? Time.GetUtcNow() : Began);
}
