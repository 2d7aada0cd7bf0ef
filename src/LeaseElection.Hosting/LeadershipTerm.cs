using System.Diagnostics.CodeAnalysis;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Time;

namespace LeaseElection.Hosting;

/// <summary>
/// One term: one uninterrupted leadership of this process. Its facts never change; whether it is held is computed from the clock on
/// every read, so that it is right even when no timer and no thread of this library got to run.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer, and work may look at its token after the term.")]
public sealed class LeadershipTerm
{
    private readonly ElectionClock _clock;
    private readonly FencingToken? _fencingToken;
    private readonly Func<string, string?, NoteLife, Task> _writeNote;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private volatile TermValidity _validity;
    private volatile IReadOnlyDictionary<string, string> _notes = NoteTexts.None;
    private volatile bool _ended;
    private List<(CancellationTokenSource Source, Action<Exception> OnError)>? _atOver;
    private bool _toldOver;
    private int _cancelled;
    private CancellationTokenSource[] _apart = [];
    private CancellationTokenSource? _danger;
    private bool _inDanger;

    internal LeadershipTerm(
        ElectionIdentityCard card, TermFacts facts, TermValidity validity, ElectionClock clock,
        Func<string, string?, NoteLife, Task> writeNote)
    {
        _clock = clock;
        _writeNote = writeNote;
        _validity = validity;
        _fencingToken = facts.Token;
        LeaseName = card.LeaseName;
        LeaseNamespace = card.LeaseNamespace;
        Identity = card.Identity;
        Transitions = facts.Transitions;
        AcquiredAt = facts.AcquiredAt;
        Lost = _stopping.Token;
    }

    /// <summary>The name of the lease.</summary>
    public string LeaseName { get; }

    /// <summary>The namespace of the lease.</summary>
    public string LeaseNamespace { get; }

    /// <summary>What this process is called as its holder.</summary>
    public string Identity { get; }

    /// <summary>
    /// How often the holder of the lease had changed when this term began. It restarts when the lease is deleted: use
    /// <see cref="FencingToken"/> to tell terms apart.
    /// </summary>
    public int Transitions { get; }

    /// <summary>
    /// When the term began: the wall clock of this process, UTC. Ahead of it, by up to two seconds, where terms follow each other within a
    /// second, because client-go, which sees whole seconds, has to see each; and farther where renewals are less than a second apart.
    /// </summary>
    public DateTimeOffset AcquiredAt { get; }

    /// <summary>
    /// A number that is greater than that of every earlier term of this lease, for the resource to refuse writes of earlier terms with.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The store gave no usable number, or one smaller than it had given before (an etcd restored from a backup): there is no token to
    /// protect this term. A wrong one would be worse.
    /// </exception>
    public FencingToken FencingToken => _fencingToken ?? throw new InvalidOperationException(
        $"The term of lease {LeaseNamespace}/{LeaseName} has no fencing token: its resource version is not a number that grows. "
        + "Check whether etcd was restored from a backup without --bump-revision.");

    /// <summary>Whether this process leads at this instant.</summary>
    public bool IsHeld => !_ended && _validity.IsValid(_clock.Now);

    /// <summary>How long the term is still valid if no further renewal succeeds; zero when it is lost.</summary>
    public TimeSpan TimeLeft
    {
        get
        {
            ElectionTime now = _clock.Now;
            TermValidity validity = _validity;
            return !_ended && validity.IsValid(now) ? validity.Deadline - now.Monotonic : TimeSpan.Zero;
        }
    }

    /// <summary>Fires when work is to stop, because leadership is lost or is to be given up, as the token that work gets does.</summary>
    /// <remarks>
    /// Of several pieces of work each gets a token of its own. What is registered with one token runs one after the other, and what
    /// awaits with it goes on in there: if it blocks, the rest hears late.
    /// </remarks>
    public CancellationToken Lost { get; }

    /// <summary>
    /// Fires when the term may soon be lost: a renewal has failed, none has succeeded since, and half of <see
    /// cref="LeaderElectionOptions.RenewDeadline"/> is gone. The term is still held: save now what the next leader should go on from.
    /// </summary>
    /// <remarks>
    /// It does not fire when the term ends for another reason, such as another holder, nor in a process that was frozen meanwhile. What is
    /// registered with it runs on a thread of this library, and holds up no renewal.
    /// </remarks>
    /// <value>
    /// When a renewal succeeds after all, the danger is over: a token that had fired stays so, and this gives a new one, which fires with
    /// the next danger. So ask for it each time that you look at it, or register with it.
    /// </value>
    public CancellationToken InDanger
    {
        get
        {
            lock (_lock)
            {
                if (_danger is null)
                {
                    _danger = new CancellationTokenSource();
                    if (_inDanger)
                        _danger.Cancel(); // Nobody has registered anything yet.
                }

                return _danger.Token;
            }
        }
    }

    /// <summary>Call it right before an act that cannot be undone. It does not replace a fencing token: a pause may fall between.</summary>
    /// <exception cref="LeadershipLostException">This process does not lead any more.</exception>
    public void ThrowIfLost()
    {
        if (!IsHeld)
            throw new LeadershipLostException($"{Identity} does not hold lease {LeaseNamespace}/{LeaseName} any more.", Lost);
    }

    /// <summary>
    /// The notes of the lease, by key: what earlier leaders have left, from the first instant of the term on, and what this one has written
    /// as soon as it is confirmed. The same as <see cref="LeaderElectionStatus.Notes"/>, also where there is no election to ask: in
    /// partitioned work, and of a lease that is held for a while.
    /// </summary>
    public IReadOnlyDictionary<string, string> Notes => _notes;

    /// <summary>
    /// Writes a note that stays on the lease for every later leader: as the other overload does with <see cref="NoteLife.Lease"/>.
    /// </summary>
    /// <inheritdoc cref="WriteNoteAsync(string, string?, NoteLife, CancellationToken)"/>
    public Task WriteNoteAsync(string key, string? value, CancellationToken cancellationToken) =>
        WriteNoteAsync(key, value, NoteLife.Lease, cancellationToken);

    /// <summary>
    /// Writes a note on the lease, for every replica to read. A renewal writes it, at once, so only the holder of the lease can; and once
    /// it is confirmed, every later leader sees it. Many at once are one renewal, and at most two renewals a second are sent for notes.
    /// </summary>
    /// <param name="key">
    /// Its name: 1 to 63 characters of <c>A-Z</c>, <c>a-z</c>, <c>0-9</c>, <c>-</c>, <c>_</c> and <c>.</c>, with a
    /// letter or digit at both ends.
    /// </param>
    /// <param name="value">
    /// Its text, of 4,096 bytes in UTF-8 at most; <see langword="null"/> removes it. All notes of a lease together, keys and
    /// values, may have 16,384 bytes.
    /// </param>
    /// <param name="life">How long it stays. A key has one note: one of the other life is replaced.</param>
    /// <param name="cancellationToken">Ends the waiting. The note may be written all the same.</param>
    /// <returns>A task that ends when the note is confirmed.</returns>
    /// <exception cref="ArgumentException">Key, value or what is on the lease already is not as described.</exception>
    /// <exception cref="LeadershipLostException">The term ended before the note was confirmed. It may have been
    /// written, or not.</exception>
    /// <exception cref="LeaseStoreException">The API server refuses the note, and takes renewals without it.</exception>
    public Task WriteNoteAsync(string key, string? value, NoteLife life = NoteLife.Lease, CancellationToken cancellationToken = default)
    {
        NoteRules.Check(key, value, life);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled(cancellationToken)
            : _writeNote(key, value, life).WaitAsync(cancellationToken);
    }

    internal TermValidity Validity => _validity;

    internal TimeProvider TimeProvider => _clock.TimeProvider;

    /// <summary>How long work may take to stop once leadership is lost.</summary>
    internal TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);

    internal void Extend(TermValidity validity)
    {
        _validity = validity;
        lock (_lock)
        {
            if (_inDanger)
                (_inDanger, _danger) = (false, null);
        }
    }

    /// <summary>
    /// The term may soon be lost. Like <see cref="Cancel()"/>, what users registered runs, and throws, on the calling thread.
    /// </summary>
    internal void Endanger() => TakeDanger()?.Cancel();

    /// <summary>Like <see cref="Cancel(Action{Exception})"/>, on a thread that is ours: where anybody has asked for the token.</summary>
    internal void Endanger(Action<Exception> onError)
    {
        if (TakeDanger() is { } danger)
            CancelApart(danger, "LeaseElection danger " + LeaseName, onError);
    }

    internal void Show(IReadOnlyDictionary<string, string> notes) => _notes = notes;

    /// <summary>Leadership is over for good, whatever the clock says.</summary>
    internal void End()
    {
        _ended = true;
        TellOver();
    }

    /// <summary>
    /// Cancels this when leadership is over, each on a thread that is ours: that may be long after work was told to stop, for the lease is
    /// held while it drains. What it throws is handed to <paramref name="onError"/>.
    /// </summary>
    internal void CancelWhenOver(CancellationTokenSource source, Action<Exception> onError)
    {
        lock (_lock)
        {
            if (!_toldOver)
            {
                (_atOver ??= []).Add((source, onError));
                return;
            }
        }

        CancelApart(source, onError);
    }

    /// <summary>Cancels this on a thread that is ours.</summary>
    internal void CancelApart(CancellationTokenSource source, Action<Exception> onError) =>
        CancelApart(source, "LeaseElection end " + LeaseName, onError);

    /// <summary>Nobody needs it cancelled any more.</summary>
    internal void Forget(CancellationTokenSource source)
    {
        lock (_lock)
            _atOver?.RemoveAll(one => one.Source == source);
    }

    /// <summary>It is over, by the clock or for good.</summary>
    internal void TellOver()
    {
        List<(CancellationTokenSource Source, Action<Exception> OnError)>? told;
        lock (_lock)
        {
            _toldOver = true;
            (told, _atOver) = (_atOver, null);
        }

        foreach ((CancellationTokenSource source, Action<Exception> onError) in told ?? [])
            CancelApart(source, onError);
    }

    /// <summary>Whoever holds it gives it up by himself: it is over for good, and there is nobody to tell.</summary>
    internal void GiveUp()
    {
        End();
        Interlocked.Exchange(ref _cancelled, 1);
    }

    /// <summary>
    /// A token for each of so many pieces of work, told on threads of their own: what one piece does when it is told (a flush that blocks,
    /// in a callback or after an await) must not keep the others at work beside the next leader.
    /// </summary>
    internal CancellationToken[] LostApart(int pieces)
    {
        if (pieces <= 1)
            return [Lost];
        CancellationTokenSource[] apart = [.. Enumerable.Range(0, pieces).Select(_ => new CancellationTokenSource())];
        Interlocked.Exchange(ref _apart, apart);
        // Either this or Cancel sees what the other has written.
        for (int i = 0; i < pieces && Volatile.Read(ref _cancelled) != 0; i++)
            apart[i].Cancel(); // Nobody has registered anything yet.
        return [.. apart.Select(source => source.Token)];
    }

    /// <summary>Tells work to stop, once, on the calling thread: what users registered runs here, and throws here.</summary>
    internal void Cancel()
    {
        if (Interlocked.Exchange(ref _cancelled, 1) != 0)
            return;
        foreach (CancellationTokenSource source in _apart)
            source.Cancel();
        _stopping.Cancel();
    }

    /// <summary>
    /// Tells work to stop, once. On a thread that is ours (<see cref="OwnThreads"/>), because
    /// <see cref="CancellationTokenSource.Cancel()"/> runs what users registered: that may block, which must stop neither loop nor
    /// watchdog, and the thread pool may have no thread to spare. What it throws is handed to <paramref name="onError"/>.
    /// </summary>
    internal void Cancel(Action<Exception> onError)
    {
        if (Interlocked.Exchange(ref _cancelled, 1) != 0)
            return;
        foreach (CancellationTokenSource source in (CancellationTokenSource[])[.. _apart, _stopping])
            CancelApart(source, "LeaseElection stop " + LeaseName, onError);
    }

    private CancellationTokenSource? TakeDanger()
    {
        lock (_lock)
        {
            _inDanger = true;
            return _danger;
        }
    }

    private static void CancelApart(CancellationTokenSource source, string threadName, Action<Exception> onError) =>
        OwnThreads.Shared.Run(threadName, () =>
        {
            try
            {
                source.Cancel();
            }
            catch (AggregateException exception)
            {
                onError(exception);
            }
        });
}
