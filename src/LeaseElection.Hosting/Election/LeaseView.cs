using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>
/// What this process has seen of the lease, and from when on it may take it. Time counts from when a version was <em>received</em>,
/// on our own clock, with the record's own duration: a remote timestamp is never compared with a local clock (design 5, rule 2).
/// </summary>
internal sealed class LeaseView
{
    private string? _version;

    /// <summary>
    /// What was promised to holders before the present one, who did not take over from them: a lease was deleted, or edited.
    /// </summary>
    private TimeSpan _othersUntil = TimeSpan.MinValue;
    private string? _promisedTo;

    /// <summary>The lease, by its uid, in which that was promised.</summary>
    private string? _promisedIn;

    /// <summary>By the term that it was promised to: an edit of its duration does not make its work stop earlier.</summary>
    private (DateTimeOffset? Since, int Seconds) _promised;

    /// <summary>Whether a write of ours came too late since the last look: who wrote before it is not known.</summary>
    private bool _wasOvertaken;

    /// <summary>The newest version seen; <see langword="null"/> when there is no lease, or none was seen yet.</summary>
    public Lease? Latest { get; private set; }

    /// <summary>The greatest version ever seen. A fencing token must be greater than this was when its write was sent.</summary>
    public UInt128 GreatestVersion { get; private set; }

    /// <summary>Where a watch may begin; <see langword="null"/> when there is nothing to begin with.</summary>
    public string? WatchFrom { get; private set; }

    /// <summary>How often a version of the lease (or its absence) was seen.</summary>
    public int Sightings { get; private set; }

    /// <summary>When the last sign of life of a holder was seen.</summary>
    public TimeSpan? RenewalSeenAt { get; private set; }

    /// <summary>The first instant at which nobody that we have seen hold the lease can still lead.</summary>
    public TimeSpan FreeAt { get; private set; } = TimeSpan.MinValue;

    /// <summary>
    /// How long a watch of it may tell nothing: until two renewals were missed. A holder with a longer lease than ours renews less often.
    /// </summary>
    public TimeSpan SilenceBy(ElectorSettings settings)
    {
        double longer = Latest?.Record.LeaseDurationSeconds / settings.LeaseDuration.TotalSeconds ?? 1;
        return settings.RenewInterval * 2 * Math.Max(longer, 1);
    }

    /// <summary>Whether the watch has told nothing since the request was sent, which may be newer than the reply to it.</summary>
    public bool HasSeenNothingSince(ElectionRequest request) => Sightings == request.Sightings;

    /// <summary>Takes note of a version that a request was answered with.</summary>
    /// <param name="lease">The version.</param>
    /// <param name="at">When it was received.</param>
    /// <param name="newest">
    /// Whether it is surely the newest, because nothing was seen since the request was sent. Only then may it go back (etcd restored
    /// from a backup).
    /// </param>
    /// <param name="own">
    /// Whether this process wrote it. Then it is free for us, whose work has ended before we ever ask; but who was seen to hold the lease
    /// after we asked, and had it deleted, keeps its promise.
    /// </param>
    /// <param name="unseen">
    /// How long whoever may have held the lease since the last look is waited for. Zero: nobody can have, as where a watch tells all.
    /// </param>
    public Sighting Observe(Lease lease, TimeSpan at, bool newest, bool own, TimeSpan unseen = default)
    {
        Sighting sighting = newest || IsNewer(lease.ResourceVersion, inOrder: false) ? Note(lease, at, own, unseen) : Sighting.Stale;
        if (sighting == Sighting.Stale && !own)
            PromiseUnordered(lease, at);
        _wasOvertaken = false;
        return sighting;
    }

    /// <summary>Takes note of the version that the watch told next. A watch that lags behind must not go back (design 5, rule 3).</summary>
    public Sighting ObserveNext(Lease lease, TimeSpan at, bool own, TimeSpan unseen = default) =>
        IsNewer(lease.ResourceVersion, inOrder: true) ? Note(lease, at, own, unseen) : Sighting.Stale;

    /// <summary>Takes note that the lease was deleted. A holder that was seen is waited for all the same (design 5, rule 5).</summary>
    public Sighting ObserveDeleted(string resourceVersion, TimeSpan at, TimeSpan unseen)
    {
        if (!IsNewer(resourceVersion, inOrder: true))
            return Sighting.Stale;
        PromiseUnseen(at, unseen);
        Sighting sighting = NoteAbsent(resourceVersion);
        WatchFrom = resourceVersion;
        return sighting;
    }

    /// <summary>Takes note that a read found no lease.</summary>
    /// <param name="at">When.</param>
    /// <param name="unseen">As with <see cref="Observe"/>.</param>
    public Sighting ObserveAbsent(TimeSpan at, TimeSpan unseen)
    {
        PromiseUnseen(at, unseen);
        _wasOvertaken = false;
        return NoteAbsent(_version);
    }

    /// <summary>The lease was no longer what a write of ours thought.</summary>
    public void Overtaken() => _wasOvertaken = true;

    /// <summary>The holder of exactly this version is gone: nobody needs to wait for it (design 5, rule 16).</summary>
    public bool ProveDead(string resourceVersion)
    {
        if (Latest is not { Record.IsHeld: true } lease || lease.ResourceVersion != resourceVersion || FreeAt == _othersUntil)
            return false;
        FreeAt = _othersUntil;
        return true;
    }

    /// <summary>
    /// What we wrote last counts as another's from now on. A renewal of ours that was under way, and comes to light later, is news then.
    /// </summary>
    public void Disown()
    {
        if (Latest?.Record is { IsHeld: true } record && RenewalSeenAt is { } at)
            Promise(record, record, at);
    }

    private Sighting Note(Lease lease, TimeSpan at, bool own, TimeSpan unseen)
    {
        // An edit of labels changes the version and not the record: it must keep no dead leader alive.
        LeaseRecord? old = Latest?.Record;
        bool same = Latest?.Uid == lease.Uid && old == lease.Record;
        bool wasMadeAnew = Latest is { } last && last.Uid != lease.Uid;
        if (!own && !same && (wasMadeAnew || (!lease.Record.IsHeld && !IsRelease(lease.Record))))
            PromiseUnseen(at, unseen);
        Note(lease, lease.ResourceVersion);
        if (!same && lease.Record.HasHolder)
            RenewalSeenAt = at;
        if (own && FreeAt <= at)
            FreeAt = _othersUntil = TimeSpan.MinValue;
        else if (!own && !same && IsRelease(lease.Record) && lease.Uid == _promisedIn)
            FreeAt = _othersUntil; // It speaks for the one who gives up, not for one whose lease was deleted under it.
        else if (!own && !same && lease.Record.IsHeld)
            Promise(old, lease.Record, at);

        // Otherwise nobody holds the lease, but nobody released it either (a hand edit): whoever was seen to hold it may still be
        // working, and keeps the time it was promised. A lease never seen held has FreeAt in the past: it is free at once.
        return same ? Sighting.Same : Sighting.Changed;
    }

    private Sighting NoteAbsent(string? version)
    {
        bool same = Latest is null;
        Note(null, version);
        return same ? Sighting.Same : Sighting.Changed;
    }

    private void Note(Lease? lease, string? version)
    {
        Latest = lease;
        _version = version;
        WatchFrom = lease?.ResourceVersion;
        Sightings++;
        if (ResourceVersion.TryNumber(version, out UInt128 number) && number > GreatestVersion)
            GreatestVersion = number;
    }

    /// <summary>
    /// A lease that was held at the last look is gone, also if there is another now, or has no holder, and nobody has released it. Up to
    /// then whoever held it last may have renewed it, and we have not seen that.
    /// </summary>
    private void PromiseUnseen(TimeSpan at, TimeSpan unseen)
    {
        if (unseen == TimeSpan.Zero || !(_wasOvertaken || Latest is { Record.IsHeld: true }))
            return;
        var seen = TimeSpan.FromSeconds(Latest?.Record.LeaseDurationSeconds ?? 0);
        NotFreeBefore(at + (seen > unseen ? seen : unseen));
    }

    /// <summary>
    /// A version of which nobody knows whether it is newer than the last, and which tells of a holder: it may be. An edit of labels
    /// tells of none.
    /// </summary>
    private void PromiseUnordered(Lease lease, TimeSpan at)
    {
        bool isNews = Latest?.Uid != lease.Uid || Latest.Record != lease.Record;
        if (isNews && lease.Record.IsHeld && ResourceVersion.Compare(lease.ResourceVersion, _version!) is null)
            NotFreeBefore(at + TimeSpan.FromSeconds(lease.Record.LeaseDurationSeconds!.Value));
    }

    /// <summary>
    /// A holder may be waited for longer than before, never shorter: an edit of its duration does not make its work stop earlier. Who
    /// took over, and counted it, has waited for the old holder itself.
    /// </summary>
    private void Promise(LeaseRecord? old, LeaseRecord record, TimeSpan at)
    {
        bool another = _promisedTo != record.HolderIdentity;
        bool counts = _promisedIn == Latest!.Uid && record.LeaseTransitions > (old?.LeaseTransitions ?? 0); // In one lease only.
        (_promisedTo, _promisedIn) = (record.HolderIdentity, Latest.Uid);
        if (another && counts)
            FreeAt = _othersUntil = TimeSpan.MinValue;
        else if (another)
            _othersUntil = FreeAt;
        int seconds = record.LeaseDurationSeconds!.Value;
        bool isItsOwn = old?.LeaseDurationSeconds == seconds && old.RenewTime != record.RenewTime; // Renewed with it, and not edited.
        bool isNew = another || _promised.Since != record.AcquireTime || isItsOwn;
        _promised = (record.AcquireTime, isNew ? seconds : Math.Max(seconds, _promised.Seconds));
        NotFreeBefore(at + TimeSpan.FromSeconds(_promised.Seconds));
    }

    private void NotFreeBefore(TimeSpan until) => FreeAt = until > FreeAt ? until : FreeAt;

    /// <param name="version">The version to compare with the last.</param>
    /// <param name="inOrder">Whether it came after the last for certain, which decides when the two are no numbers.</param>
    private bool IsNewer(string version, bool inOrder) =>
        _version is null
        || (ResourceVersion.Compare(version, _version) is { } order ? order > 0 : inOrder);

    /// <summary>What client-go, fabric8 and we write to give a lease up: no holder, and a duration of one second.</summary>
    public static bool IsRelease(LeaseRecord record) => !record.HasHolder && record.LeaseDurationSeconds == 1;
}
