using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting;

/// <summary>Follows the terms of one election and has them told by whoever tells the cluster of them. Called by the loop only.</summary>
internal sealed class LeadershipAnnouncements(IReadOnlyList<ILeadershipAnnouncer> announcers) : IAsyncDisposable
{
    /// <summary>How long the end of an election may be told after it has ended, within what the host allows for its stop.</summary>
    public TimeSpan FinishTimeout { get; } = TimeSpan.FromSeconds(announcers.Count > 0 ? 1 : 0);

    private const string NotReleased = "not released, the lease runs out";

    private bool _leads;
    private bool _isEnding;
    private StopReason _reason;
    private string _end = NotReleased;

    /// <summary>
    /// What has to happen before work counts as stopped: that nobody is sent to this process any more. Nothing once the lease is lost:
    /// then there is nothing to hold back, and whoever waits would only start the next term later.
    /// </summary>
    public Task WithdrawnAsync() =>
        _leads && announcers.Count > 0 ? Task.WhenAll(announcers.Select(announcer => announcer.WithdrawnAsync())) : Task.CompletedTask;

    /// <param name="told">What the core reports.</param>
    /// <param name="lease">The newest version of the lease.</param>
    public void Observe(ElectionEvent told, Lease? lease)
    {
        switch (told)
        {
            case ElectionEvent.HolderChanged { HolderIdentity: { } holder }:
                Tell(announcer => announcer.HolderSeen(holder));
                break;
            case ElectionEvent.BecameLeader:
                (_leads, _isEnding, _end) = (true, false, NotReleased);
                Tell(announcer => announcer.Began(lease));
                break;
            case ElectionEvent.Draining draining:
                _reason = draining.Reason;
                Ending();
                break;
            case ElectionEvent.LeadershipLost lost:
                (_reason, _end) = (lost.Reason, "lost");
                Ended(lease);
                break;
            case ElectionEvent.Released:
                _end = "released";
                break;
        }
    }

    /// <summary>After each turn. A term that is over and was not lost was given up.</summary>
    public void Settle(LeaderElectionState state, Lease? lease)
    {
        if (state is LeaderElectionState.Standby or LeaderElectionState.Stopped)
            Ended(lease);
    }

    /// <summary>The election has ended. A term that has not been is abandoned.</summary>
    public void Stopped()
    {
        _end = "abandoned, the lease runs out";
        Ended(null);
    }

    /// <summary>Waits until everything is told, but no longer than the host allows, and than <see cref="FinishTimeout"/>.</summary>
    public async Task FinishAsync(TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (announcers.Count == 0)
            return;
        using var limit = new CancellationTokenSource(FinishTimeout, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await Task.WhenAll(announcers.Select(announcer => announcer.FinishAsync(linked.Token))).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Left untold.
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ILeadershipAnnouncer announcer in announcers)
            await announcer.DisposeAsync().ConfigureAwait(false);
    }

    private void Ended(Lease? lease)
    {
        if (!_leads)
            return;
        Ending();
        _leads = false;
        string how = $"{_end} ({_reason})";
        Tell(announcer => announcer.Ended(how, lease));
    }

    private void Ending()
    {
        if (_isEnding)
            return;
        _isEnding = true;
        Tell(announcer => announcer.Ending());
    }

    private void Tell(Action<ILeadershipAnnouncer> tell)
    {
        foreach (ILeadershipAnnouncer announcer in announcers)
            tell(announcer);
    }
}
