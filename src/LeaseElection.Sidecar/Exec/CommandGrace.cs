using LeaseElection.Hosting;
using LeaseElection.Hosting.Time;

namespace LeaseElection.Sidecar.Exec;

/// <summary>
/// How long a command that was told to stop may still take. While the lease is held, and renewed, that is a matter of patience. Once it is
/// not, the command must be gone before another may lead, counted from the end of its term and not from when that is noticed: a sidecar
/// that was frozen until after its lease ran out gives none.
/// </summary>
/// <param name="term">The term that the command runs in; it may be lost while the command stops.</param>
/// <param name="whileHeld">From SIGTERM to SIGKILL, at most.</param>
/// <param name="onceLost">From the end of the term to SIGKILL, at most.</param>
/// <param name="clock">The clock by which terms end.</param>
internal sealed class CommandGrace(LeadershipTerm term, TimeSpan whileHeld, TimeSpan onceLost, ElectionClock clock)
{
    private readonly Lock _lock = new();
    private TimeSpan _toldAt;
    private TimeSpan? _lostAt;

    /// <summary>Since it was told.</summary>
    public TimeSpan Used => clock.Now.Monotonic - _toldAt;

    /// <summary>It is being told to stop.</summary>
    public void Begin() => _toldAt = clock.Now.Monotonic;

    /// <summary>Zero: none any more. To be asked again and again, since a term may be lost meanwhile.</summary>
    public TimeSpan Left()
    {
        TimeSpan now = clock.Now.Monotonic;
        TimeSpan end = _toldAt + whileHeld;
        lock (_lock)
        {
            _lostAt = term.IsHeld ? null : _lostAt ?? now;
            if (_lostAt is { } noticed)
                end = Earlier(end, Earlier(noticed, term.Validity.Deadline) + onceLost);
        }

        return end > now ? end - now : TimeSpan.Zero;
    }

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
