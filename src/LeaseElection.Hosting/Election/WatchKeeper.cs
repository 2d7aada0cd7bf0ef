namespace LeaseElection.Hosting.Election;

/// <summary>
/// Whether a watch is open, may be opened, or must be replaced. A watch may be alive on TCP and tell nothing, so silence counts as
/// broken; after a break the lease is read before it is watched again, because a watch may start from a stale cache.
/// </summary>
internal sealed class WatchKeeper(ElectorSettings settings, LeaseView view)
{
    private static readonly TimeSpan ShortLived = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private bool _denied;
    private int _shortLived;
    private TimeSpan _openedAt;
    private TimeSpan _heardAt;

    public bool IsLive { get; private set; }

    /// <summary>The next watch must begin at a version that was read, or written by us, after the last one broke.</summary>
    public bool NeedsFreshVersion { get; private set; }

    /// <summary>When a watch may be opened again.</summary>
    public TimeSpan OpenAt { get; private set; } = TimeSpan.MinValue;

    /// <summary>
    /// When an open watch counts as silent: when two renewals were missed. A holder with a longer lease than ours renews less often.
    /// </summary>
    public TimeSpan SilentAt
    {
        get
        {
            double longer = view.Latest?.Record.LeaseDurationSeconds / settings.LeaseDuration.TotalSeconds ?? 1;
            return _heardAt + (settings.RenewInterval * 2 * Math.Max(longer, 1));
        }
    }

    public void Open(TimeSpan now)
    {
        IsLive = true;
        _openedAt = _heardAt = now;
    }

    /// <summary>The watch told something. Returns whether watching has just been permitted again.</summary>
    public bool Heard(TimeSpan now)
    {
        _heardAt = now;
        bool restored = _denied;
        _denied = false;
        return restored;
    }

    /// <summary>A read or a write of ours gave the newest version.</summary>
    public void Refreshed() => NeedsFreshVersion = false;

    /// <summary>The server closed the watch in good order: the next one goes on where it ended.</summary>
    public void Ended(TimeSpan now) => Close(now);

    public void Broke(TimeSpan now)
    {
        Close(now);
        NeedsFreshVersion = true;
    }

    /// <summary>The watch is not allowed: polling for a while. Returns whether that is news.</summary>
    public bool Denied(TimeSpan now)
    {
        IsLive = false;
        NeedsFreshVersion = true;
        OpenAt = now + ElectorSettings.WatchDeniedPause;
        bool news = !_denied;
        _denied = true;
        return news;
    }

    private void Close(TimeSpan now)
    {
        if (!IsLive)
            return;
        IsLive = false;
        _shortLived = now - _openedAt < ShortLived ? _shortLived + 1 : 0;
        TimeSpan pause = _shortLived == 0 ? TimeSpan.Zero : FirstPause * Math.Pow(2, Math.Min(_shortLived - 1, 8));
        OpenAt = now + (pause < LongestPause ? pause : LongestPause);
    }
}
