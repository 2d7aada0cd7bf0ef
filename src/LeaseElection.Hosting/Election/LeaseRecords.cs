using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>The three records an elector writes.</summary>
internal static class LeaseRecords
{
    /// <summary>The record that makes <paramref name="settings"/>' identity the holder.</summary>
    public static LeaseRecord Acquire(Lease? current, ElectorSettings settings, DateTimeOffset wall)
    {
        LeaseRecord? old = current?.Record;
        DateTimeOffset renewTime = NextRenewTime(old, wall);
        return new LeaseRecord
        {
            HolderIdentity = settings.Identity,
            LeaseDurationSeconds = (int)settings.LeaseDuration.TotalSeconds,
            AcquireTime = renewTime,
            RenewTime = renewTime,
            LeaseTransitions = Transitions(old, settings.Identity),
        };
    }

    /// <summary>The same term, renewed.</summary>
    public static LeaseRecord Renew(LeaseRecord held, DateTimeOffset wall) => held with { RenewTime = NextRenewTime(held, wall) };

    /// <summary>
    /// Nobody holds the lease any more. The duration of one second is what tells a release from a holder that somebody wiped out by
    /// hand; zero is refused by the API server.
    /// </summary>
    public static LeaseRecord Release(LeaseRecord held, DateTimeOffset wall)
    {
        DateTimeOffset time = NextRenewTime(held, wall);
        return held with { HolderIdentity = "", LeaseDurationSeconds = 1, AcquireTime = time, RenewTime = time };
    }

    /// <summary>
    /// Strictly later than the last one, whatever the wall clock says: the API server silently drops a write that changes nothing, and
    /// a leader with a frozen clock would look dead to everybody (design 5, rule 4).
    /// </summary>
    private static DateTimeOffset NextRenewTime(LeaseRecord? last, DateTimeOffset wall)
    {
        DateTimeOffset now = InMicroseconds(wall);
        return last?.RenewTime is { } renewed && renewed >= now && renewed < DateTimeOffset.MaxValue.AddDays(-1)
            ? InMicroseconds(renewed).AddMicroseconds(1)
            : now;
    }

    /// <summary>What a lease can store: what we remember to have written must equal what we read back.</summary>
    private static DateTimeOffset InMicroseconds(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>One more on each change of holder, also from nobody; a lease that did not exist starts at 0 (as client-go counts).</summary>
    private static int Transitions(LeaseRecord? old, string identity)
    {
        if (old is null)
            return 0;
        int count = old.LeaseTransitions ?? 0;
        return old.HolderIdentity == identity || count == int.MaxValue ? count : count + 1;
    }
}
