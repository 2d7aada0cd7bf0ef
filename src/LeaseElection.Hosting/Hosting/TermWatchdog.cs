using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting;

/// <summary>
/// Looks at the deadline of every term of this process, on one thread of its own: a starved thread pool delays timers and replies, and
/// must not keep work running past its renew deadline. It also sees a machine wake up from a pause before any timer does, and has a term
/// that the pool does not get on with rescued. Where no thread can be started (a limit of the container's), the pool looks in its place,
/// and has it tried again: an election must not end for the want of one.
/// </summary>
internal sealed class TermWatchdog : IDisposable
{
    /// <summary>How often the clocks are compared. A pause is noticed this much later at most.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly GuardedLogger _logger;
    private readonly PoolRescue _rescue;
    private readonly OwnThreads _threads;
    private readonly Action<ThreadStart> _start;
    private readonly Lock _gate = new();
    private readonly List<WatchedTerm> _terms = [];
    private readonly List<(ElectionClock Clock, TimeSpan At, LastResort Last)> _ended = [];
    private readonly ManualResetEventSlim _news = new();
    private bool _started;
    private Timer? _standIn;
    private volatile bool _disposed;

    /// <param name="logger">Hears what callbacks of users throw, and of a starved pool.</param>
    /// <param name="threads">Those that tell work.</param>
    /// <param name="start">Starts its own; <see langword="null"/>: as .NET does.</param>
    public TermWatchdog(ILogger<TermWatchdog>? logger = null, OwnThreads? threads = null, Action<ThreadStart>? start = null)
    {
        _start = start ?? (static run =>
            new Thread(run) { IsBackground = true, Name = "LeaseElection watchdog", Priority = ThreadPriority.AboveNormal }.UnsafeStart());
        _threads = threads ?? OwnThreads.Shared;
        _logger = new(logger ?? NullLogger<TermWatchdog>.Instance);
        _rescue = new PoolRescue(Rescued, _logger);
    }

    /// <summary>
    /// Watches a term until <see cref="Lost"/>. <paramref name="wake"/> tells the loop to look at the clock,
    /// <paramref name="expired"/> that the term is over and its work has been told. What is stuck of <paramref name="rescued"/> is got on.
    /// Of <paramref name="last"/> is made use if the work goes on after the term for so long that the loop must have acted.
    /// </summary>
    public void Watch(
        LeadershipTerm term, ElectionClock clock, Action wake, Action expired, IRescuable? rescued = null, LastResort? last = null)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = _terms.Count == 0;
            _terms.Add(new WatchedTerm(term, clock, wake, expired, rescued, last));
            Begin();
        }

        // Else it looks within a tick, and hundreds of terms that begin at once do not wake it each.
        if (isFirst || term.Validity.Deadline - clock.Now.Monotonic < Tick)
            _news.Set();
    }

    /// <summary>It is over, and its work is told, or about to be.</summary>
    /// <param name="term">Which.</param>
    /// <param name="atDeadline">Whether others wait for its deadline, and its work has its time from then on.</param>
    public void Lost(LeadershipTerm term, bool atDeadline)
    {
        lock (_gate)
        {
            int index = _terms.FindIndex(watched => watched.Term == term);
            if (index < 0)
                return;
            WatchedTerm watched = _terms[index];
            _terms.RemoveAt(index);
            if (watched.Last is not { } last)
                return;
            TimeSpan now = watched.Clock.Now.Monotonic;
            TimeSpan from = atDeadline && term.Validity.Deadline > now ? term.Validity.Deadline : now;
            _ended.Add((watched.Clock, from + last.StopTimeout + Tick, last)); // The loop is first, and says why.
        }
    }

    /// <summary>It goes on for work that outlives its term, and its host: nobody else would end a process that has more to do.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _standIn?.Dispose();
        }
        _news.Set();
    }

    /// <summary>Under the lock.</summary>
    private void Begin()
    {
        if (_started || _disposed)
            return;
        try
        {
            _start(Run);
            _started = true;
            _standIn?.Dispose();
        }
#pragma warning disable CA1031 // Whatever it is, no thread is to be had.
        catch (Exception)
#pragma warning restore CA1031
        {
            _standIn ??= new Timer(static watchdog => ((TermWatchdog)watchdog!).StandIn(), this, Tick, Tick);
        }
    }

    /// <summary>On the pool, which is later than a thread of its own where it is starved.</summary>
    private void StandIn()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            Begin();
            if (_started)
                return;
        }
        LookAtAll();
        _threads.Nudge();
    }

    private void Run()
    {
        while (true)
        {
            _news.Reset();
            if (_disposed && !HasLastResorts)
                break; // Looked at after the reset, which may have been of this news.
            TimeSpan? pause = LookAtAll();
            if (_threads.Nudge())
                _news.Wait(pause ?? Tick);
            else if (pause is { } next)
                _news.Wait(next);
            else if (HasNone)
                _news.Wait();
        }

        _news.Dispose();
    }

    /// <summary>A term that came while the last of the others ended has woken nobody.</summary>
    private bool HasNone
    {
        get
        {
            lock (_gate)
                return _terms.Count == 0 && _ended.Count == 0;
        }
    }

    /// <summary>Also of a term whose loop has not ended yet: a container that is disposed of synchronously does not wait for it.</summary>
    private bool HasLastResorts
    {
        get
        {
            lock (_gate)
                return _ended.Count > 0 || _terms.Exists(watched => watched.Last is not null);
        }
    }

    /// <summary>
    /// Ends what is over. Returns how long to wait before the next look; <see langword="null"/> when there is nothing to watch.
    /// </summary>
    private TimeSpan? LookAtAll()
    {
        WatchedTerm[] terms;
        lock (_gate)
            terms = [.. _terms.Where(watched => !_disposed || watched.Last is not null)];
        TimeSpan? next = null;
        foreach ((LeadershipTerm term, ElectionClock clock, Action wake, Action expired, IRescuable? rescued, _) in terms)
        {
            ElectionTime now = clock.Now;
            TermValidity validity = term.Validity;
            if (validity.IsOver(now))
            {
                Lost(term, atDeadline: true);
                term.Cancel(exception => _logger.StopCallbackFailed(term.LeaseNamespace, term.LeaseName, exception));
                term.TellOver(); // It may have been told to drain, and have had all the time of the lease until now.
                expired();
                continue;
            }

            if (validity.IsDoubtful(now))
                wake();
            if (rescued is { IsStuck: true })
                _rescue.Begin();
            TimeSpan left = validity.Deadline - now.Monotonic;
            TimeSpan pause = left < Tick ? left : Tick;
            if (next is null || pause < next)
                next = pause;
        }

        if (LookAtEnded() && next is null)
            next = Tick;
        return next + TimeSpan.FromMilliseconds(1);
    }

    /// <returns>Whether any work goes on after its term that something is to be done about.</returns>
    private bool LookAtEnded()
    {
        LastResort[] due;
        bool waits;
        lock (_gate)
        {
            _ended.RemoveAll(ended => ended.Last.HasEnded());
            due = [.. _ended.Where(IsDue).Select(ended => ended.Last)];
            _ended.RemoveAll(IsDue);
            waits = _ended.Count > 0;
        }
        foreach (LastResort last in due)
            last.Act();
        return waits;

        static bool IsDue((ElectionClock Clock, TimeSpan At, LastResort Last) ended) =>
            ended.Clock.Now.Monotonic >= ended.At;
    }

    private IReadOnlyList<IRescuable> Rescued()
    {
        lock (_gate)
            return [.. _terms.Select(watched => watched.Rescued).OfType<IRescuable>()];
    }

    private sealed record WatchedTerm(
        LeadershipTerm Term, ElectionClock Clock, Action Wake, Action Expired, IRescuable? Rescued, LastResort? Last);
}
