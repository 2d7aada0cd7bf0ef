using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Brokers;

/// <summary>
/// An election for one caller: it stands while he waits, and its only work is to hold the lease until he gives it up. One term at most, and
/// then it stops.
/// </summary>
internal sealed class LeaseRun : HeldLease
{
    private const int IdentityInUse = 106, Abandoned = 117, StoreFailed = 220, WatchDenied = 223, WorkOverran = 305;

    private readonly LeaseRunParts _parts;
    private readonly ElectionIdentityCard _card;
    private readonly LeaderElection _election = new("");
    private readonly ElectionLoop _loop;
    private readonly TaskCompletionSource<LeadershipTerm> _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LeaseMemory _memory;
    private readonly bool _isBrief;
    private LeadershipTerm? _term;
    private TimeSpan _heldSince;
    private int _holds;
    private LeaseStoreError? _error;
    private LeaseStoreError? _trouble;
    private StopReason? _lost;
    private bool _gaveUp;
    private bool _isOver;
    private bool _isAbandoned;

    /// <param name="parts">What all runs of a broker share.</param>
    /// <param name="leaseName">The lease.</param>
    /// <param name="memory">What this process has seen of it. Nobody else uses it until <see cref="Completion"/>.</param>
    /// <param name="isBrief">Whether its caller hears soon by an exception of what goes wrong: then nobody else needs to.</param>
    public LeaseRun(LeaseRunParts parts, string leaseName, LeaseMemory memory, bool isBrief)
    {
        _parts = parts;
        _memory = memory;
        _isBrief = isBrief;
        _card = new ElectionIdentityCard(parts.LeaseNamespace, leaseName, parts.Settings.Identity);
        var run = new ElectionRun(_card, parts.Settings, parts.Clock);
        var hold = new WorkRegistration("", "Whoever holds it", (_, term, _) => HoldAsync(term));
        _loop = new ElectionLoop(run, _election, new ElectionParts(
            parts.Leases.Open(leaseName), [hold], parts.Scopes, parts.Watchdog, new NoLifetime(), ElectionTelemetry.Silent(_election, run),
            new LeadershipAnnouncements([]), new QuietLogger(parts.Logger, IsToldElsewhere))
        { Memory = memory, Heard = Hear });
    }

    public override LeadershipTerm Term => _term ?? throw new InvalidOperationException("The lease has not been taken.");

    /// <summary>
    /// Ends when nothing of this run goes on any more and others have been let in; has ended as long as it was not started.
    /// </summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>What keeps it from knowing whose the lease is, at present, for those who wait behind it in vain.</summary>
    public LeaseStoreException? Trouble => Volatile.Read(ref _trouble) is { } error ? Unknown(error) : null;

    /// <param name="ended">Lets others in: called once, when nothing of this run goes on any more.</param>
    public void Start(Action ended)
    {
        _loop.Start();
        Completion = EndAsync(ended);
    }

    /// <summary>Waits for the lease.</summary>
    /// <returns>Whether it was taken. Otherwise this is over.</returns>
    /// <exception cref="LeaseStoreException">Nobody knows whose it is, or it was lost before anybody had it.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> fired; nothing is left held.</exception>
    public async Task<bool> TakeAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using ITimer timer = EndWaitingIn(timeout);
        using (cancellationToken.UnsafeRegister(_ => _loop.RequestShutDown(), null))
            await Task.WhenAny(_taken.Task, Completion).ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested)
        {
            await DisposeAsync().ConfigureAwait(false);
            throw new OperationCanceledException(cancellationToken);
        }

        if (_taken.Task.IsCompleted)
            return true;
        if (_lost is { } reason)
        {
            // It is no bug, and nobody else had it all the time: the term was over before its work had a thread to begin on.
            throw new LeaseStoreException(
                $"Lease {_card.LeaseNamespace}/{_card.LeaseName} was taken, and lost ({reason}) before it could be handed over: the thread "
                + "pool of this process had no thread for that in time. Find what blocks the pool, and try again.");
        }

        if (_error is { } error)
            throw Unknown(error);
        return _gaveUp
            ? false
            : throw new InvalidOperationException(
                $"The attempt to take lease {_card.LeaseNamespace}/{_card.LeaseName} ended by a bug in LeaseElection.Hosting: "
                + "see the log.");
    }

    /// <summary>Tells whoever holds it to give it up, as the stop of a host tells the work of a leader. Returns at once.</summary>
    public void RequestEnd() => _loop.RequestShutDown();

    public override async ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _isOver, true))
        {
            _term?.GiveUp();
            EndHold();
            _loop.RequestShutDown(); // First: what its work does then is no surprise.
            _givenUp.TrySetResult();
        }

        try
        {
            await Completion.WaitAsync(ElectorSettings.ReleaseTimeout, _parts.Clock.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A request that was under way hangs. The run goes on to its end, and tells of it.
        }
    }

    public override void Abandon()
    {
        if (Interlocked.Exchange(ref _isOver, true))
            return;
        if (EndHold())
            _parts.Logger.LeaseAbandoned(_card.LeaseNamespace, _card.LeaseName, _parts.Settings.LeaseDuration.TotalSeconds);
        Volatile.Write(ref _isAbandoned, true);
        _loop.Abandon();
        _givenUp.TrySetResult();
    }

    private Task HoldAsync(LeadershipTerm term)
    {
        _term = term;
        _heldSince = _parts.Clock.Now.Monotonic;
        if (Interlocked.CompareExchange(ref _holds, 1, 0) == 0)
            _parts.Instruments.Began(_parts.BrokerName);
        _taken.TrySetResult(term);
        return _givenUp.Task;
    }

    /// <summary>It is given up, lost or abandoned, whatever comes first.</summary>
    /// <returns>Whether it was held until now.</returns>
    private bool EndHold()
    {
        if (Interlocked.Exchange(ref _holds, 2) != 1)
            return false;
        _parts.Instruments.Ended(_parts.BrokerName, _parts.Clock.Now.Monotonic - _heldSince);
        return true;
    }

    /// <summary>
    /// A caller without patience has one attempt, however long that takes: whoever asks for a millisecond shall get what is free.
    /// </summary>
    private ITimer EndWaitingIn(TimeSpan timeout)
    {
        if (timeout == TimeSpan.Zero)
            _loop.EndWaiting();
        TimeSpan due = timeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : timeout;
        return _parts.Clock.TimeProvider.CreateTimer(_ => _loop.EndWaiting(), null, due, Timeout.InfiniteTimeSpan);
    }

    private LeaseStoreException Unknown(LeaseStoreError error) =>
        new($"Nobody knows who holds lease {_card.LeaseNamespace}/{_card.LeaseName}. {error.Message}", error.Exception);

    private async Task EndAsync(Action ended)
    {
        try
        {
            await _loop.Completion.ConfigureAwait(false);
            await _loop.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            if (Volatile.Read(ref _isAbandoned) || _election.HasFailed)
                _memory.Disown();
            ended();
        }
    }

    /// <summary>On the loop.</summary>
    private void Hear(ElectionEvent told)
    {
        switch (told)
        {
            case ElectionEvent.GaveUp gaveUp:
                (_gaveUp, _error) = (true, gaveUp.Error);
                break;
            case ElectionEvent.StoreFailed failed:
                Volatile.Write(ref _trouble, failed.Error);
                break;
            case ElectionEvent.StoreRecovered:
                Volatile.Write(ref _trouble, null);
                break;
            case ElectionEvent.LeadershipLost lost:
                _lost = lost.Reason;
                EndHold();
                _parts.Instruments.Lost(_parts.BrokerName, TagValue<StopReason>.Of(lost.Reason));
                break;
            case ElectionEvent.WorkOverran overran:
                _parts.Logger.LostLeaseInUse(_card.LeaseNamespace, _card.LeaseName, overran.StopTimeout.TotalSeconds);
                break;
        }
    }

    /// <summary>In words of its own, to its caller, or by an earlier run: what would be wrong here, or too much.</summary>
    private bool IsToldElsewhere(int id) => id switch
    {
        IdentityInUse => true, // After an abandoned lease it is our own.
        Abandoned or WorkOverran => true,
        StoreFailed => _isBrief,
        WatchDenied => _parts.HasToldOfWatch(),
        _ => false,
    };
}
