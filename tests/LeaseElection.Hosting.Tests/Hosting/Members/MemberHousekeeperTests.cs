using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Groups;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Members;
using LeaseElection.Testing;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Logging;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests.Members;

public sealed class MemberHousekeeperTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeLeaseGroup _group = new();
    private readonly ListLoggerProvider _logs = new();
    private readonly ElectionRun _run;
    private readonly LeaseGroupWatch _watch;
    private readonly MemberHousekeeper _housekeeper;
    private bool _leads = true;

    public MemberHousekeeperTests()
    {
        // A watch that may be silent for longer than it takes from one look to the next.
        ElectionRun run = SomeRun.On(_time);
        _run = run with { Settings = run.Settings with { LeaseDuration = TimeSpan.FromHours(1) } };
        ILogger logger = _logs.CreateLogger("members");
        _watch = new LeaseGroupWatch(_group.OpenGroup("settlement"), _run, logger);
        _housekeeper = new MemberHousekeeper(_watch, _run, () => _leads, logger);
    }

    public async Task InitializeAsync()
    {
        Put("former");
        Put("me");
        _group.Put("settlement", SomeRecord.HeldBy("former")); // Without the label: the election's own, for example.
        _group.Put(MemberLeaseName.Of("settlement", "nobody"), SomeRecord.HeldBy("nobody")); // The form of the name alone.
        _group.Open("settlement-7", new LeaseTraits { Labels = new Dictionary<string, string> { [MemberTraits.Label] = "settlement" } });
        _group.Put("settlement-7", SomeRecord.HeldBy("former")); // The label alone.
        _watch.Start();
        await UntilAsync(() => _watch.View.IsComplete);
        _time.Advance(TimeSpan.FromSeconds(40)); // They are all silent from here on, as the watch may be.
        await UntilAsync(() => _watch.View.IsFreshAt(_run.Clock.Now.Monotonic + TimeSpan.FromMinutes(20)));
        _housekeeper.Begin();
    }

    public async ValueTask DisposeAsync()
    {
        await _housekeeper.DisposeAsync();
        await _watch.DisposeAsync();
        _logs.Dispose();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task Leader_ClearsAwayWhatHasBeenSilentForAnHour_AndNothingElse()
    {
        string[] others = [.. _group.Leases.Keys.Where(name => name != MemberLeaseName.Of("settlement", "former"))];

        await PassAsync(looks: 11); // The leases were seen before the first one.
        Assert.Equal(5, _group.Leases.Count);
        await PassAsync(looks: 1);
        await _logs.WaitForAsync("StalePresenceDeleted");

        await PassAsync(looks: 14); // It is gone for good, and so told once.
        Assert.Equal(others, _group.Leases.Keys);
        Assert.Single(_logs.Named("StalePresenceDeleted"));
    }

    [Fact]
    public async Task Standby_ClearsNothingAway_UntilItLeads()
    {
        _leads = false;
        await PassAsync(looks: 15);
        Assert.Equal(5, _group.Leases.Count);

        _leads = true;
        await PassAsync(looks: 1);
        await _logs.WaitForAsync("StalePresenceDeleted");
    }

    [Fact]
    public async Task WithoutTheRight_OneLineAndNoSecondAttempt()
    {
        _group.DeleteError = new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "The verb delete is missing.");
        await PassAsync(looks: 12);
        LogEntry line = await _logs.WaitForAsync("StalePresenceKept");
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Contains("The verb delete is missing.", line.Message, StringComparison.Ordinal);

        _group.DeleteError = null;
        _time.Advance(TimeSpan.FromHours(3));
        Assert.Equal(5, _group.Leases.Count);
        Assert.Single(_logs.Named("StalePresenceKept"));
    }

    [Fact]
    public async Task RequestThatFails_IsTriedAgain()
    {
        _group.DeleteError = ElectorDriver.Trouble;
        await PassAsync(looks: 12);
        await _logs.WaitForAsync("PresenceNotDeleted");

        _group.DeleteError = null;
        await PassAsync(looks: 1);
        await _logs.WaitForAsync("StalePresenceDeleted");
    }

    private void Put(string identity)
    {
        string name = MemberLeaseName.Of("settlement", identity);
        _group.Open(name, MemberTraits.Of(new ElectionIdentityCard("shop", "settlement", identity), TestEnvironment.With(), null));
        _group.Put(name, SomeRecord.HeldBy(identity, duration: 40));
    }

    /// <summary>
    /// From one look of the housekeeper to the next, with the watch alive all the time: what is not fresh is not cleared away.
    /// </summary>
    private async Task PassAsync(int looks)
    {
        for (int look = 0; look < looks; look++)
        {
            await UntilAsync(() => _group.OpenWatches == 1);
            _group.SendBookmark();
            await UntilAsync(() => _watch.View.AsOf == _run.Clock.Now.Monotonic && _watch.View.ResourceVersion == _group.ResourceVersion);
            await _time.AdvanceOnceArmedAsync(PresenceHousekeeping.Pace);
        }
    }

    /// <summary>Time stands still meanwhile.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, patience.Token);
    }
}
