using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>
/// When the leases of a group are listed and when they are watched, and what is known of them: a pure state machine, as
/// <see cref="Elector"/>. Listed once and watched from there; listed again whenever the watch broke, fell silent, or may not be had.
/// </summary>
internal sealed class GroupKeeper
{
    private readonly ElectorSettings _settings;
    private readonly ElectionTurn _turn = new();
    private readonly RequestKeeper _requests;
    private readonly WatchKeeper _watch;
    private readonly Dictionary<string, LeaseView> _views = new(StringComparer.Ordinal);
    private readonly List<string> _touched = [];
    private TimeSpan _listAt = TimeSpan.MinValue;
    private TimeSpan _heardAt;
    private TimeSpan _asOf;
    private TimeSpan _silence;
    private long _silenceAsOf = -1;
    private bool _listedLast;

    /// <param name="settings">The pace: time limits, retries, polling, and the longest silence.</param>
    /// <param name="random">Spreads what would otherwise happen everywhere at once.</param>
    public GroupKeeper(ElectorSettings settings, Random random)
    {
        _settings = settings;
        _silence = settings.LeaseDuration / 2;
        LeaseMemory none = new();
        var notes = new NoteKeeper(settings, _turn, new TakeOverGuard(settings, _turn, none));
        _requests = new RequestKeeper(settings, _turn, none, notes, random);
        _watch = new WatchKeeper(_turn, () => View.ResourceVersion, () => _silence);
    }

    /// <summary>What is known after the last input.</summary>
    public GroupView View { get; private set; } = GroupView.Empty;

    /// <summary>The leases that the last input told something of.</summary>
    public IReadOnlyList<string> Touched => _touched;

    /// <summary>Puts out <see cref="ElectionOutput.Read"/> (of all leases), Watch, WakeAt and Report, and nothing else.</summary>
    public IReadOnlyList<ElectionOutput> Handle(GroupInput input, ElectionTime now)
    {
        _turn.Begin(now);
        _touched.Clear();
        Apply(input);
        UpdateSilence(isDue: input is GroupInput.TimerFired or GroupInput.Listed);
        UpdateFreshness();
        Advance();
        return _turn.End();
    }

    private void Apply(GroupInput input)
    {
        switch (input)
        {
            case GroupInput.TimerFired:
                break;
            case GroupInput.Listed listed:
                OnListed(listed);
                break;
            case GroupInput.ListFailed failed:
                OnListFailed(failed.Error);
                break;
            case GroupInput.Watched watched when _watch.IsLive: // What one that was given up still tells is older than the list.
                OnWatched(watched.Event);
                break;
            case GroupInput.Watched:
                break;
            case GroupInput.WatchEnded:
                _watch.Ended();
                break;
            case GroupInput.WatchBroken broken:
                _watch.Broke(broken.Error);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input, "The set of inputs is closed.");
        }
    }

    private void OnListed(GroupInput.Listed listed)
    {
        TimeSpan sent = _requests.ReadDone().Sent.Monotonic;
        _requests.Recovered();
        _watch.Refreshed();
        bool isFirst = !View.IsComplete;
        View = View with { ResourceVersion = listed.ResourceVersion, News = View.News + (isFirst ? 1 : 0) };
        foreach (string name in View.Leases.Keys.Where(name => !listed.Leases.ContainsKey(name)))
            Remove(name);
        foreach ((string name, Lease lease) in listed.Leases)
            Put(name, lease, isNewest: true);
        (_heardAt, _listedLast, _asOf) = (_turn.Instant, true, sent);
    }

    private void OnListFailed(LeaseStoreError error)
    {
        _requests.Failed(error, deadline: null);
        if (error.IsLasting)
            _listAt = _turn.Instant + ElectorSettings.WatchDeniedPause;
        _turn.Report(new ElectionEvent.StoreFailed(error, _requests.Failures));
    }

    private void OnWatched(LeaseGroupEvent happened)
    {
        _requests.Heard();
        _watch.Heard();
        switch (happened)
        {
            case LeaseGroupEvent.Changed changed:
                View = View with { ResourceVersion = changed.Lease.ResourceVersion };
                Put(changed.Name, changed.Lease, isNewest: false);
                break;
            case LeaseGroupEvent.Gone gone:
                View = View with { ResourceVersion = gone.ResourceVersion };
                Remove(gone.Name);
                break;
            case LeaseGroupEvent.HolderDead dead:
                ProveDead(dead);
                break;
            case LeaseGroupEvent.Bookmark bookmark:
                View = View with { ResourceVersion = bookmark.ResourceVersion };
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(happened), happened, "The set of events is closed.");
        }

        (_heardAt, _listedLast, _asOf) = (_turn.Instant, false, _turn.Instant);
    }

    private void Put(string name, Lease lease, bool isNewest)
    {
        GroupLease? old = View.Find(name);
        if (old is not null && old.Lease.Uid == lease.Uid && old.Lease.ResourceVersion == lease.ResourceVersion)
            return;
        if (!_views.TryGetValue(name, out LeaseView? view))
            _views[name] = view = new LeaseView();
        Sighting sighting = isNewest
            ? view.Observe(lease, _turn.Instant, newest: true, own: false)
            : view.ObserveNext(lease, _turn.Instant, own: false);
        if (sighting == Sighting.Stale)
            return;
        TimeSpan changedAt = sighting == Sighting.Changed || old is null ? _turn.Instant : old.ChangedAt;
        var seen = new GroupLease(name, lease, view.FreeAt)
        {
            ChangedAt = changedAt,
            IsProvenDead = sighting == Sighting.Same && old is { IsProvenDead: true }, // An edit of labels makes nobody alive.
        };
        bool isNews = old is null || !old.IsLiveAt(_turn.Instant) || !IsRenewal(old.Lease.Record, lease.Record);
        View = View with { Leases = View.Leases.SetItem(name, seen), News = View.News + (isNews ? 1 : 0) };
        _touched.Add(name);
    }

    private void ProveDead(LeaseGroupEvent.HolderDead dead)
    {
        if (View.Find(dead.Name) is not { Lease.Record.IsHeld: true } lease || lease.Lease.ResourceVersion != dead.ResourceVersion)
            return;
        LeaseView view = _views[dead.Name];
        view.ProveDead(dead.ResourceVersion);
        // What was promised to holders before it is promised still, and who knows nothing of them must not take it for free.
        bool isFree = view.FreeAt <= _turn.Instant;
        GroupLease proven = lease with { LiveUntil = isFree ? _turn.Instant : view.FreeAt, IsProvenDead = isFree };
        View = View with { Leases = View.Leases.SetItem(dead.Name, proven), News = View.News + (lease.IsLiveAt(_turn.Instant) ? 1 : 0) };
        _touched.Add(dead.Name);
    }

    private void Remove(string name)
    {
        if (!_views.Remove(name))
            return;
        View = View with { Leases = View.Leases.Remove(name), News = View.News + 1 };
        _touched.Add(name);
    }

    private void Advance()
    {
        if (_watch.MayOpen())
        {
            if (View.IsComplete && !_watch.NeedsFreshVersion)
                _watch.Open();
            else
                _requests.MustRead = true;
        }

        bool isDue = _requests.MustRead || (!_watch.IsLive && _turn.Instant >= _requests.PollAt);
        if (isDue && _requests.MaySend && _turn.Instant >= _listAt)
            _requests.Read(TimeSpan.MaxValue);
        Wake();
    }

    /// <summary>
    /// By when somebody is bound to have renewed: whoever is well renews more than twice within the duration of its lease. A look at all
    /// leases, which a mere renewal is not worth.
    /// </summary>
    private void UpdateSilence(bool isDue)
    {
        if (!isDue && View.News == _silenceAsOf)
            return;
        _silenceAsOf = View.News;
        TimeSpan shortest = _settings.LeaseDuration;
        foreach (GroupLease lease in View.Leases.Values)
        {
            if (lease.IsLiveAt(_turn.Instant) && lease.Lease.Record.LeaseDurationSeconds < shortest.TotalSeconds)
                shortest = TimeSpan.FromSeconds(lease.Lease.Record.LeaseDurationSeconds.Value);
        }

        _silence = shortest / 2;
    }

    private void UpdateFreshness()
    {
        if (!View.IsComplete)
            return;
        if (View.AsOf != _asOf)
            View = View with { AsOf = _asOf };

        // Where it is polled, the next list is due by then.
        TimeSpan polled = _listedLast ? _settings.RetryPeriod * 2 : TimeSpan.Zero;
        TimeSpan until = _heardAt + (_silence > polled ? _silence : polled);
        if (until == View.FreshUntil)
            return;
        bool isNews = !View.IsFreshAt(_turn.Instant) && _turn.Instant < until;
        View = View with { FreshUntil = until, News = View.News + (isNews ? 1 : 0) };
    }

    private void Wake()
    {
        IEnumerable<TimeSpan> due =
        [
            _watch.DueAt,
            _listAt,
            _requests.IsPending ? TimeSpan.MinValue : _requests.NextAt,
            _watch.IsLive ? TimeSpan.MinValue : _requests.PollAt,
        ];
        TimeSpan next = due.Where(at => at > _turn.Instant).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        if (next != TimeSpan.MaxValue)
            _turn.Out(new ElectionOutput.WakeAt(next));
    }

    /// <summary>
    /// Whether nothing has changed but the time of the renewal. An edit of labels leaves the record as it is, and is news.
    /// </summary>
    private static bool IsRenewal(LeaseRecord old, LeaseRecord record) =>
        old != record && old with { RenewTime = record.RenewTime } == record;
}
