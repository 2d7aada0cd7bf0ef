using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;

namespace LeaseElection.Hosting.Tests;

/// <summary>What is told of a term, however it ends.</summary>
public sealed class LeadershipAnnouncementsTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly RecordingAnnouncer _told;
    private readonly LeadershipAnnouncements _announcements;

    public LeadershipAnnouncementsTests() => _announcements = new LeadershipAnnouncements([_told = new RecordingAnnouncer()]);

    public Task InitializeAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => _announcements.DisposeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public void GivenUp_EndedIsToldWhenTheReleaseIsDone()
    {
        Begin();
        See(new ElectionEvent.Draining(StopReason.StepDown), LeaderElectionState.Draining);
        See(null, LeaderElectionState.Releasing);
        Assert.Equal(["began", "ending"], _told.Lines);
        See(new ElectionEvent.Released(), LeaderElectionState.Standby);
        Assert.Equal(["began", "ending", "ended: released (StepDown)"], _told.Lines);
    }

    [Fact]
    public void NotReleased_IsSaid()
    {
        Begin();
        See(new ElectionEvent.Draining(StopReason.ShutDown), LeaderElectionState.Draining);
        See(new ElectionEvent.NotReleased(null), LeaderElectionState.Stopped);
        Assert.Equal("ended: not released, the lease runs out (ShutDown)", _told.Lines[^1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lost_IsToldAtOnceAndOnce(bool whileDraining)
    {
        Begin();
        if (whileDraining)
            See(new ElectionEvent.Draining(StopReason.ShutDown), LeaderElectionState.Draining);
        See(new ElectionEvent.LeadershipLost(StopReason.OtherHolder, "other"), LeaderElectionState.Draining);
        See(null, LeaderElectionState.Standby);
        _announcements.Stopped();
        Assert.Equal(["began", "ending", "ended: lost (OtherHolder)"], _told.Lines);
    }

    [Fact]
    public void Abandoned_IsTold()
    {
        Begin();
        See(new ElectionEvent.Draining(StopReason.ShutDown), LeaderElectionState.Draining);
        _announcements.Stopped();
        Assert.Equal("ended: abandoned, the lease runs out (ShutDown)", _told.Lines[^1]);
    }

    [Fact]
    public void Standby_HearsOfHoldersAndTellsNothingElse()
    {
        See(new ElectionEvent.HolderChanged("other"), LeaderElectionState.Standby);
        See(new ElectionEvent.HolderChanged(null), LeaderElectionState.Standby);
        See(new ElectionEvent.Released(), LeaderElectionState.Stopped);
        _announcements.Stopped();
        Assert.Equal(["seen other"], _told.Lines);
    }

    [Fact]
    public void Withdrawn_IsWaitedForOnlyWhileTheLeaseIsHeld()
    {
        Begin();
        See(new ElectionEvent.Draining(StopReason.ShutDown), LeaderElectionState.Draining);
        Assert.False(_announcements.WithdrawnAsync().IsCompleted);
        See(new ElectionEvent.LeadershipLost(StopReason.OtherHolder, "other"), LeaderElectionState.Draining);
        Assert.True(_announcements.WithdrawnAsync().IsCompleted);
    }

    [Fact]
    public async Task Nobody_IsNeitherWaitedForNorGivenTime()
    {
        await using var none = new LeadershipAnnouncements([]);
        none.Observe(new ElectionEvent.BecameLeader(new TermFacts(0, DateTimeOffset.UnixEpoch, "1", null)), null);
        none.Observe(new ElectionEvent.Draining(StopReason.ShutDown), null);
        Assert.True(none.WithdrawnAsync().IsCompleted);
        Assert.Equal(TimeSpan.Zero, none.FinishTimeout);
    }

    [Fact]
    public void FinishTimeout_IsKeptBackFromDraining()
    {
        var options = new LeaderElectionOptions();
        TimeSpan without = ElectionSettings.Of(options, "me", TimeSpan.FromSeconds(30)).DrainTimeout;
        TimeSpan with = ElectionSettings.Of(options, "me", TimeSpan.FromSeconds(30), _announcements.FinishTimeout).DrainTimeout;
        Assert.Equal(TimeSpan.FromSeconds(1), without - with);
    }

    private void Begin() => See(
        new ElectionEvent.BecameLeader(new TermFacts(0, DateTimeOffset.UnixEpoch, "1", null)), LeaderElectionState.Leading);

    private void See(ElectionEvent? told, LeaderElectionState state)
    {
        if (told is not null)
            _announcements.Observe(told, null);
        _announcements.Settle(state, null);
    }
}
