using LeaseElection.Hosting;

namespace LeaseElection.Sidecar.Exec;

/// <summary>How long a command may take to stop: from the end of its term at the latest, and not from when that is noticed.</summary>
/// <param name="longest">What it has when the term is given up, and renewed meanwhile, or ends in time.</param>
/// <param name="clock">The clock by which terms end.</param>
internal sealed class CommandGrace(TimeSpan longest, ElectionClock clock)
{
    /// <summary>
    /// None where the sidecar was frozen until after the lease ran out: another may lead already. A term that is held when its work is told to
    /// stop has not passed its deadline, so its grace ends in time even if no renewal succeeds any more.
    /// </summary>
    public TimeSpan Left(LeadershipTerm term)
    {
        TimeSpan left = term.Validity.Deadline + longest - clock.Now.Monotonic;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < longest ? left : longest;
    }
}
