namespace LeaseElection.Hosting.Election;

/// <summary>
/// When this process may stand for the lease: not before it is free, not before a pause of its own is over, and not at the same
/// instant as all others.
/// </summary>
internal sealed class Candidacy(
    ElectorSettings settings, ElectionTurn turn, LeaseView view, TakeOverGuard guard, GrowingPause pause, Random random)
{
    private TimeSpan _pauseUntil = TimeSpan.MinValue;
    private TimeSpan _jitter;
    private bool _yielding;
    private bool _hasTried;

    /// <summary>Whether no other attempt is wanted after this one.</summary>
    public bool IsLastTry { get; private set; }

    /// <summary>Whether an attempt has come to nothing, and another is not wanted.</summary>
    public bool IsOver => IsLastTry && _hasTried;

    /// <summary>When to take over. A released lease is taken at once; one that runs out, spread over a few milliseconds.</summary>
    public TimeSpan TakeOverAt
    {
        get
        {
            TimeSpan freeAt = guard.Until > view.FreeAt ? guard.Until : view.FreeAt;
            freeAt = freeAt == TimeSpan.MinValue ? freeAt : freeAt + _jitter;
            return freeAt > _pauseUntil ? freeAt : _pauseUntil;
        }
    }

    /// <summary>Who steps down lets others lead first: until one does, or for as long as the slowest of them polls three times.</summary>
    public void Yield()
    {
        _yielding = true;
        Pause(Polls);
    }

    /// <summary>
    /// The lease has been given up, or could not be. Their time begins only now: a slow release would use it up, and we would take back
    /// what they have not seen free yet.
    /// </summary>
    public void Yielded()
    {
        if (_yielding)
            _pauseUntil = turn.Instant + Polls;
    }

    /// <summary>Work failed here: others may have more luck, whether one of them wants to or not.</summary>
    public void Recover()
    {
        _yielding = false;
        Pause(pause.Next(turn.Instant));
    }

    /// <summary>The lease has changed, and not by us.</summary>
    public void OnChanged(string? holder)
    {
        _jitter = ElectorSettings.TakeOverJitter * random.NextDouble();
        if (_yielding && holder is not null)
            (_yielding, _pauseUntil) = (false, TimeSpan.MinValue);
    }

    /// <summary>Nobody waits any more: see <see cref="ElectionInput.WaitingEnded"/>.</summary>
    public void LastTry() => IsLastTry = true;

    /// <summary>The lease was read. If it is free the attempt goes on with a write.</summary>
    public void Looked() => _hasTried = TakeOverAt > turn.Instant;

    /// <summary>A request failed, or somebody else was faster.</summary>
    public void Failed() => _hasTried = true;

    private TimeSpan Polls => settings.RetryPeriod * 3;

    private void Pause(TimeSpan time)
    {
        _pauseUntil = turn.Instant + time;
        turn.Report(new ElectionEvent.StandsAgainIn(time));
    }
}
