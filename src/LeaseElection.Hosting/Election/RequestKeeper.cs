using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>
/// The one request that may be under way, when the next may be sent, and whether it must be a read. Every request is answered
/// exactly once, by whatever the store made of it.
/// </summary>
internal sealed class RequestKeeper(ElectorSettings settings, ElectionTurn turn, LeaseMemory memory, NoteKeeper notes, Random random)
{
    private readonly RetryPacer _pacer = new(settings, random);
    private ElectionRequest? _pending;
    private int _conflictsInARow;
    private TimeSpan? _refusedSince;

    public OwnWrites Own => memory.Own;

    /// <summary>Nobody knows what the lease is like, so nothing may be written before it has been read (design 5, rule 8).</summary>
    public bool MustRead { get; set; } = true;

    /// <summary>When a standby without a watch reads again.</summary>
    public TimeSpan PollAt { get; private set; } = TimeSpan.MinValue;

    /// <summary>The last failure; <see langword="null"/> after a success.</summary>
    public LeaseStoreError? LastError { get; private set; }

    /// <summary>When the store last answered anything.</summary>
    public TimeSpan? AnsweredAt { get; private set; }

    /// <summary>How many requests have failed in a row. Conflicts are none: the store answered.</summary>
    public int Failures { get; private set; }

    /// <summary>
    /// Whether nothing else than refusals (<see cref="LeaseStoreError.IsLasting"/>) has come for the renew deadline. One alone says little:
    /// an API server that has just been started refuses everybody until it has read what it had granted.
    /// </summary>
    public bool IsRefusedForGood { get; private set; }

    public TimeSpan NextAt => _pacer.NextAt;

    public bool IsPending => _pending is not null;

    public bool MaySend => _pending is null && turn.Instant >= _pacer.NextAt;

    private TimeSpan Timeout(TimeSpan left) => left < settings.LongestRequest ? left : settings.LongestRequest;

    public void Read(TimeSpan left)
    {
        _pending = Request(RequestPurpose.Read, turn.Now);
        turn.Out(new ElectionOutput.Read(Timeout(left)));
    }

    /// <summary>What is written need not be a renewal: see <see cref="ElectionTerm.NextRenewal"/>.</summary>
    public void Renew(Lease current, (LeaseRecord Record, ElectionTime Counts) next, TimeSpan left) =>
        Write(RequestPurpose.Renew, current, next.Record, left, next.Counts);

    public void Write(RequestPurpose purpose, Lease? current, LeaseRecord record, TimeSpan left) =>
        Write(purpose, current, record, left, turn.Now);

    private void Write(RequestPurpose purpose, Lease? current, LeaseRecord record, TimeSpan left, ElectionTime counts)
    {
        Own.Sending(record);
        _pending = Request(purpose, counts);
        IReadOnlyDictionary<string, string?> annotations = notes.GoWith(purpose, current, record);
        turn.Out(current is null
            ? new ElectionOutput.Create(record, Timeout(left)) { Annotations = annotations }
            : new ElectionOutput.Replace(current, record, Timeout(left)) { Annotations = annotations });
    }

    /// <summary>The store answered a read. That alone forgets no failure: writes may still be refused.</summary>
    public ElectionRequest ReadDone()
    {
        MustRead = false;
        TimeSpan pause = settings.RetryPeriod * (0.9 + (random.NextDouble() * 0.2));
        PollAt = turn.Instant + (pause > RetryPacer.Least ? pause : RetryPacer.Least);
        return Answered();
    }

    public ElectionRequest WriteDone(LeaseRecord record)
    {
        Own.Confirmed(record);
        MustRead = false;
        Recovered();
        return Answered();
    }

    /// <summary>The lease is not what the write thought. The first time that is news worth an immediate look, then it is a storm.</summary>
    public ElectionRequest Conflicted(TimeSpan? deadline)
    {
        RefusedBy(null);
        notes.Conflicted();
        memory.View.Overtaken();
        MustRead = true;
        if (_conflictsInARow++ > 0)
            _pacer.Fail(turn.Instant, null, deadline);
        return Answered();
    }

    public ElectionRequest Failed(LeaseStoreError error, TimeSpan? deadline)
    {
        RefusedBy(error);
        LastError = error;
        Failures++;
        MustRead = true;
        _pacer.Fail(turn.Instant, error.RetryAfter, deadline);
        ElectionRequest request = Take();
        notes.Failed(request.Purpose, error);
        return request;
    }

    /// <summary>The watch told something.</summary>
    public void Heard() => AnsweredAt = turn.Instant;

    /// <summary>All is well with the store.</summary>
    public void Recovered()
    {
        if (LastError is not null)
            turn.Report(new ElectionEvent.StoreRecovered(Failures));
        RefusedBy(null);
        LastError = null;
        Failures = 0;
        Forget();
    }

    /// <summary>The next request need not wait for what went wrong before.</summary>
    public void Forget()
    {
        _conflictsInARow = 0;
        _pacer.Reset();
    }

    private void RefusedBy(LeaseStoreError? error)
    {
        _refusedSince = error is { IsLasting: true } ? _refusedSince ?? turn.Instant : null;
        IsRefusedForGood = turn.Instant - _refusedSince >= settings.RenewDeadline;
    }

    private ElectionRequest Request(RequestPurpose purpose, ElectionTime counts) =>
        new(purpose, turn.Now, counts, memory.View.Sightings, memory.View.GreatestVersion);

    private ElectionRequest Answered()
    {
        AnsweredAt = turn.Instant;
        return Take();
    }

    private ElectionRequest Take()
    {
        ElectionRequest request = _pending ?? throw new InvalidOperationException("A reply arrived to a request that was never sent.");
        _pending = null;
        return request;
    }
}
