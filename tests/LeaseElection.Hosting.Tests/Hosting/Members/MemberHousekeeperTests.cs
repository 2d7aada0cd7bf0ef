using LeaseElection.Hosting.Configuration;
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
    private readonly LeaseGroupWatch _watch;
    private readonly MemberHousekeeper _housekeeper;
    private bool _leads = true;

    public MemberHousekeeperTests()
    {
        ElectionRun run = SomeRun.On(_time);
        ILogger logger = _logs.CreateLogger("members");
        _watch = new LeaseGroupWatch(_group.OpenGroup("settlement"), run, logger);
        _housekeeper = new MemberHousekeeper(_watch, run, () => _leads, logger);
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
        await AdvanceUntilAsync(() => _watch.View.IsComplete);
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

        await PassAsync(minutes: 59);
        Assert.Equal(5, _group.Leases.Count);
        await PassAsync(minutes: 12);
        await _logs.WaitForAsync("StalePresenceDeleted");

        await PassAsync(minutes: 70);
        Assert.Equal(others, _group.Leases.Keys);
        Assert.Single(_logs.Named("StalePresenceDeleted"));
    }

    [Fact]
    public async Task Standby_ClearsNothingAway_UntilItLeads()
    {
        _leads = false;
        await PassAsync(minutes: 90);
        Assert.Equal(5, _group.Leases.Count);

        _leads = true;
        await PassAsync(minutes: 6);
        await _logs.WaitForAsync("StalePresenceDeleted");
    }

    [Fact]
    public async Task WithoutTheRight_OneLineAndNoSecondAttempt()
    {
        _group.DeleteError = new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "The verb delete is missing.");
        await PassAsync(minutes: 70);
        LogEntry line = await _logs.WaitForAsync("StalePresenceKept");
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Contains("The verb delete is missing.", line.Message, StringComparison.Ordinal);

        _group.DeleteError = null;
        await PassAsync(minutes: 70);
        Assert.Equal(5, _group.Leases.Count);
        Assert.Single(_logs.Named("StalePresenceKept"));
    }

    [Fact]
    public async Task RequestThatFails_IsTriedAgain()
    {
        _group.DeleteError = ElectorDriver.Trouble;
        await PassAsync(minutes: 70);
        await _logs.WaitForAsync("PresenceNotDeleted");

        _group.DeleteError = null;
        await PassAsync(minutes: 6);
        await _logs.WaitForAsync("StalePresenceDeleted");
    }

    private void Put(string identity)
    {
        string name = MemberLeaseName.Of("settlement", identity);
        _group.Open(name, MemberTraits.Of(new ElectionIdentityCard("shop", "settlement", identity), TestEnvironment.With(), null));
        _group.Put(name, SomeRecord.HeldBy(identity, duration: 40));
    }

    /// <summary>Minute by minute, with the watch alive all the time: what is not fresh is not cleared away.</summary>
    private async Task PassAsync(int minutes)
    {
        for (int second = 0; second < minutes * 60; second += 5)
        {
            _group.SendBookmark();
            await AdvanceUntilAsync(() => _watch.View.IsFreshAt(_watch.View.FreshUntil - TimeSpan.FromSeconds(1)));
            _time.Advance(TimeSpan.FromSeconds(5));
        }
    }

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        while (!condition() && !patience.IsCancellationRequested)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
        }

        Assert.True(condition());
    }
}
