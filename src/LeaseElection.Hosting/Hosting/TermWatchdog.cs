using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting;

/// <summary>
/// Looks at the deadline of every term of this process, on one thread of its own: a starved thread pool delays timers and replies, and
/// must not keep work running past its renew deadline. It also sees a machine wake up from a pause before any timer does.
/// </summary>
internal sealed class TermWatchdog(ILogger<TermWatchdog>? logger = null) : IDisposable
{
    /// <summary>How often the clocks are compared. A pause is noticed this much later at most.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly GuardedLogger _logger = new(logger ?? NullLogger<TermWatchdog>.Instance);
    private readonly Lock _gate = new();
    private readonly List<WatchedTerm> _terms = [];
    private readonly ManualResetEventSlim _news = new();
    private Thread? _thread;
    private volatile bool _disposed;

    /// <summary>
    /// Watches a term until <see cref="Forget"/>. <paramref name="wake"/> tells the loop to look at the clock,
    /// <paramref name="expired"/> that the term is over and its work has been told.
    /// </summary>
    public void Watch(LeadershipTerm term, ElectionClock clock, Action wake, Action expired)
    {
        lock (_gate)
        {
            _terms.Add(new WatchedTerm(term, clock, wake, expired));
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "LeaseElection watchdog", Priority = ThreadPriority.AboveNormal };
                _thread.UnsafeStart();
            }
        }

        _news.Set();
    }

    public void Forget(LeadershipTerm term)
    {
        lock (_gate)
            _terms.RemoveAll(watched => watched.Term == term);
    }

    public void Dispose()
    {
        _disposed = true;
        _news.Set();
    }

    private void Run()
    {
        while (!_disposed)
        {
            _news.Reset();
            TimeSpan? next = LookAtAll();
            if (next is { } pause)
                _news.Wait(pause);
            else
                _news.Wait();
        }

        _news.Dispose();
    }

    /// <summary>
    /// Ends what is over. Returns how long to wait before the next look; <see langword="null"/> when there is nothing to watch.
    /// </summary>
    private TimeSpan? LookAtAll()
    {
        WatchedTerm[] terms;
        lock (_gate)
            terms = [.. _terms];
        TimeSpan? next = null;
        foreach ((LeadershipTerm term, ElectionClock clock, Action wake, Action expired) in terms)
        {
            ElectionTime now = clock.Now;
            TermValidity validity = term.Validity;
            if (validity.IsOver(now))
            {
                Forget(term);
                term.Cancel(exception => _logger.StopCallbackFailed(term.LeaseNamespace, term.LeaseName, exception));
                expired();
                continue;
            }

            if (validity.IsDoubtful(now))
                wake();
            TimeSpan left = validity.Deadline - now.Monotonic;
            TimeSpan pause = left < Tick ? left : Tick;
            if (next is null || pause < next)
                next = pause;
        }

        return next + TimeSpan.FromMilliseconds(1);
    }

    private sealed record WatchedTerm(LeadershipTerm Term, ElectionClock Clock, Action Wake, Action Expired);
}
