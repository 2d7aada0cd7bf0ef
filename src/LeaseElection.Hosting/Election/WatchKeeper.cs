using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>
/// Whether a watch is open, may be opened, or must be replaced. A watch may be alive on TCP and tell nothing, so silence counts as
/// broken; after a break the lease is read before it is watched again, because a watch may start from a stale cache.
/// </summary>
/// <param name="turn">Where it puts out what is to be done.</param>
/// <param name="watchFrom">Where a watch may begin; <see langword="null"/> when there is nothing to begin with.</param>
/// <param name="silence">How long an open watch may tell nothing.</param>
internal sealed class WatchKeeper(ElectionTurn turn, Func<string?> watchFrom, Func<TimeSpan> silence)
{
    private static readonly TimeSpan ShortLived = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private bool _denied;
    private int _shortLived;
    private TimeSpan _openedAt;
    private TimeSpan _heardAt;
    private TimeSpan _openAt = TimeSpan.MinValue;

    public bool IsLive { get; private set; }

    /// <summary>The next watch must begin at a version that was read, or written by us, after the last one broke.</summary>
    public bool NeedsFreshVersion { get; private set; }

    /// <summary>When a watch may be opened again, or an open one counts as silent.</summary>
    public TimeSpan DueAt => IsLive ? SilentAt : _openAt;

    private TimeSpan SilentAt => _heardAt + silence();

    /// <summary>Gives up a watch that has fallen silent. Returns whether one may be opened now.</summary>
    public bool MayOpen()
    {
        if (IsLive && turn.Instant >= SilentAt)
        {
            Mistrust();
            turn.Report(new ElectionEvent.WatchLost(null));
        }

        return !IsLive && turn.Instant >= _openAt;
    }

    /// <summary>Opens a watch, if there is a version to begin with.</summary>
    public void Open()
    {
        if (watchFrom() is not { } version)
            return;
        IsLive = true;
        _openedAt = _heardAt = turn.Instant;
        turn.Out(new ElectionOutput.Watch(version));
    }

    /// <summary>Nobody waits any more: a holder learns by its renewals what becomes of the lease.</summary>
    public void Close()
    {
        if (!IsLive)
            return;
        IsLive = false;
        turn.Out(new ElectionOutput.EndWatch());
    }

    /// <summary>The watch of one lease told something. A proof of death may come another way, and says nothing of the watch.</summary>
    public void Heard(LeaseEvent happened)
    {
        if (happened is not LeaseEvent.HolderDead)
            Heard();
    }

    /// <summary>The watch told something.</summary>
    public void Heard()
    {
        _heardAt = turn.Instant;
        if (_denied)
            turn.Report(new ElectionEvent.WatchRestored());
        _denied = false;
    }

    /// <summary>A read or a write of ours gave the newest version.</summary>
    public void Refreshed() => NeedsFreshVersion = false;

    /// <summary>The server closed the watch in good order: the next one goes on where it ended.</summary>
    public void Ended()
    {
        if (!IsLive)
            return;
        IsLive = false;
        _shortLived = turn.Instant - _openedAt < ShortLived ? _shortLived + 1 : 0;
        TimeSpan pause = _shortLived == 0 ? TimeSpan.Zero : FirstPause * Math.Pow(2, Math.Min(_shortLived - 1, 8));
        _openAt = turn.Instant + (pause < LongestPause ? pause : LongestPause);
    }

    /// <summary>The watch broke, or may not be had at all: polling for a while then.</summary>
    public void Broke(LeaseStoreError error)
    {
        Mistrust();
        if (!error.IsLasting)
        {
            if (error.RetryAfter is { } asked)
                PutOff(asked < ElectorSettings.WatchDeniedPause ? asked : ElectorSettings.WatchDeniedPause);
            turn.Report(new ElectionEvent.WatchLost(error));
            return;
        }

        PutOff(ElectorSettings.WatchDeniedPause);
        if (!_denied)
            turn.Report(new ElectionEvent.WatchDenied(error));
        _denied = true;
    }

    /// <summary>Polling does for so long.</summary>
    private void PutOff(TimeSpan pause)
    {
        TimeSpan until = turn.Instant + pause;
        _openAt = until > _openAt ? until : _openAt;
    }

    /// <summary>The watch has missed something: it is no use, whatever its connection says.</summary>
    public void Mistrust()
    {
        Ended();
        NeedsFreshVersion = true;
    }
}
