using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Groups;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Logging;
using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests.Groups;

public sealed class LeaseGroupWatchTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeLeaseGroup _group = new();
    private readonly ListLoggerProvider _logs = new();
    private readonly LeaseGroupWatch _watch;

    public LeaseGroupWatchTests() => _watch = new LeaseGroupWatch(_group, SomeRun.On(_time), _logs.CreateLogger("group"));

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        _logs.Dispose();
    }

    [Fact]
    public async Task View_FollowsListAndWatch()
    {
        _group.Put("a", SomeRecord.HeldBy("a"));
        _watch.Start();
        await UntilAsync(view => view.Find("a") is not null);
        _group.Put("b", SomeRecord.HeldBy("b"));
        await UntilAsync(view => view.Find("b") is not null);
        _group.Delete("a");
        await UntilAsync(view => view.Find("a") is null);

        Assert.Equal((1, 1), (_group.Lists, _group.OpenWatches));
    }

    [Fact]
    public async Task WatchTooOld_IsListedAgainAndNothingIsMissed()
    {
        _group.Put("a", SomeRecord.HeldBy("a"));
        await StartAsync();
        _group.IsMute = true;
        _group.Delete("a");
        _group.Put("b", SomeRecord.HeldBy("b"));
        _group.IsMute = false;
        _group.Compact();
        _group.CloseWatches();

        await AdvanceUntilAsync(() => _watch.View.Find("b") is not null);
        Assert.Null(_watch.View.Find("a"));
        Assert.Equal(2, _group.Lists);
    }

    [Fact]
    public async Task WatchDenied_OneWarningThatNamesTheRight()
    {
        _group.WatchError = new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "The verb watch is missing.");
        _watch.Start();
        LogEntry warning = await _logs.WaitForAsync("GroupWatchDenied");
        Assert.Contains("The verb watch is missing.", warning.Message, StringComparison.Ordinal);

        _group.Put("a", SomeRecord.HeldBy("a"));
        await AdvanceUntilAsync(() => _watch.View.Find("a") is not null);
        Assert.Single(_logs.Named("GroupWatchDenied"));
    }

    [Fact]
    public async Task ListDenied_OneWarningThatNamesTheRight_AndElectorsGoOn()
    {
        _group.ListError = new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "The verb list is missing.");
        _watch.Start();
        LogEntry warning = await _logs.WaitForAsync("GroupListFailed");
        Assert.Contains("The verb list is missing.", warning.Message, StringComparison.Ordinal);

        await using GroupedLease lease = _watch.Open("a", LeaseTraits.None);
        Assert.IsType<LeaseReply.Found>(await lease.CreateAsync(SomeRecord.HeldBy("me"), TimeSpan.FromSeconds(1), default));
        Assert.False(_watch.View.IsComplete);
        await AdvanceUntilAsync(() => _group.Lists == 2);
        Assert.Single(_logs.Named("GroupListFailed"));
        await _logs.WaitForAsync("GroupListFailedAgain");
    }

    [Fact]
    public async Task Look_NewsEndsWithTheNextChange_AndARenewalIsNone()
    {
        _group.Put("a", SomeRecord.HeldBy("a"));
        await StartAsync();
        (GroupView before, Task news) = _watch.Look();
        _group.Put("a", SomeRecord.HeldBy("a", renewed: 1));
        await UntilNewestAsync("a");
        Assert.False(news.IsCompleted);

        _group.Put("a", SomeRecord.Released);
        await news.WaitAsync(Signal.Patience);
        Assert.Equal(before.News + 1, _watch.View.News);
    }

    [Fact]
    public async Task Dispose_Twice_LeavesNoWatch()
    {
        await StartAsync();
        await _watch.DisposeAsync();
        await _watch.DisposeAsync();

        Assert.Equal(0, _group.OpenWatches);
    }

    private async Task StartAsync()
    {
        _watch.Start();
        await UntilAsync(view => view.IsComplete);
        await _group.UntilAsync(group => group.OpenWatches == 1);
    }

    /// <summary>A renewal is no news, so nothing ends with it.</summary>
    private Task UntilNewestAsync(string name) => Polling.UntilAsync(
        () => Task.FromResult(_watch.View.Find(name)?.Lease.ResourceVersion == _group.Leases[name].ResourceVersion), Signal.Patience);

    private async Task UntilAsync(Func<GroupView, bool> condition)
    {
        while (true)
        {
            (GroupView view, Task news) = _watch.Look();
            if (condition(view))
                return;
            await news.WaitAsync(Signal.Patience);
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
