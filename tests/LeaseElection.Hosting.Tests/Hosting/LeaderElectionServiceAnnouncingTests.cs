using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

/// <summary>What waits for those who tell the cluster of the leader, and what does not.</summary>
public sealed class LeaderElectionServiceAnnouncingTests : HostTest
{
    private readonly ElectionHost _host;

    public LeaderElectionServiceAnnouncingTests()
    {
        _host = NewHost();
        _host.Announcers.Add(new RecordingAnnouncer());
        _host.AddElection().AddWork(Work.RunAsync);
    }

    private RecordingAnnouncer Told => (RecordingAnnouncer)_host.Announcers[0];

    public override Task DisposeAsync()
    {
        Told.Withdrawn.TrySetResult();
        Told.Finished.TrySetResult();
        return base.DisposeAsync();
    }

    [Fact]
    public async Task StepDown_LeaseIsKeptUntilWithdrawnAndReleasedThen()
    {
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        Task steppingDown = _host.Election.StepDownAsync();
        await Work.StoppedAsync();
        await RenewAsync(); // A whole interval later it is renewed, and not released.
        Assert.Equal("me", Server.Lease!.Record.HolderIdentity);
        Assert.Equal(["began", "ending"], Told.Lines);

        Told.Withdrawn.SetResult();
        await steppingDown.WaitAsync(Signal.Patience);
        Assert.Equal("", Server.Lease!.Record.HolderIdentity);
        Assert.Equal("ended: released (StepDown)", Told.Lines[2]);
    }

    [Fact]
    public async Task Lost_NextTermWaitsForNobody()
    {
        LeadershipTerm lost = await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        await Server.UntilAsync(server => server.OpenWatches == 1);
        Server.Edit(record => record with { HolderIdentity = "other", RenewTime = record.RenewTime!.Value.AddSeconds(1) });
        await _host.UntilStateAsync(LeaderElectionState.Standby);
        Assert.False(lost.IsHeld);
        Assert.Equal(["began", "ending", "ended: lost (OtherHolder)"], Told.Lines.Where(line => line != "seen other"));
    }

    [Fact]
    public async Task Stop_TellingIsWaitedForAfterTheReleaseButNotForLong()
    {
        await _host.StartAndLeadAsync();
        Told.Withdrawn.SetResult();
        Task stopping = _host.StopAsync();
        await Server.UntilAsync(server => server.Lease!.Record.HolderIdentity?.Length == 0);
        await _host.UntilStateAsync(LeaderElectionState.Stopped);
        await Told.Finishing.Task.WaitAsync(Signal.Patience);
        Time.Advance(TimeSpan.FromMilliseconds(999)); // It has a second.
        Assert.False(stopping.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        await stopping;
    }

    [Fact]
    public async Task Stop_EverythingTold_WaitsForNothing()
    {
        await _host.StartAndLeadAsync();
        Told.Withdrawn.SetResult();
        Told.Finished.SetResult();
        await _host.StopAsync(); // The clock stands still.
    }
}
