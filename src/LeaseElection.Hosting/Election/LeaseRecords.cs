using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>The three records an elector writes.</summary>
internal static class LeaseRecords
{
    public static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Step = OneSecond + TimeSpan.FromMicroseconds(1);

    /// <summary>A client-go that stands by looks every 2 to 4.4 s by default, also where our lease is shorter than that.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>The end of time, with room for a lease.</summary>
    private static readonly DateTimeOffset Latest = DateTimeOffset.MaxValue.AddDays(-1);

    /// <summary>The record that makes <paramref name="settings"/>' identity the holder.</summary>
    public static LeaseRecord Acquire(Lease? current, ElectorSettings settings, DateTimeOffset wall)
    {
        LeaseRecord? old = current?.Record;
        DateTimeOffset renewTime = NextRenewTime(old, settings, wall);
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
    public static LeaseRecord Renew(LeaseRecord held, ElectorSettings settings, DateTimeOffset wall) =>
        held with { RenewTime = NextRenewTime(held, settings, wall) };

    /// <summary>
    /// The same term, not renewed: notes alone are written, within a second of the last renewal. If each of those moved renewTime on by a
    /// second, as a renewal has to, it would run ahead of the clock for as long as they come, and one day come back to seconds that
    /// client-go has seen. So it stays in the second that client-go counts from, and who wrote it counts from there, too.
    /// </summary>
    /// <returns>
    /// <see langword="null"/> where that is no time for now: the wall clock was set meanwhile, or no microsecond is left in the second.
    /// </returns>
    public static LeaseRecord? Keep(LeaseRecord held, ElectorSettings settings, DateTimeOffset wall)
    {
        DateTimeOffset renewed = InMicroseconds(held.RenewTime!.Value);
        DateTimeOffset kept = renewed.AddMicroseconds(1);
        TimeSpan ahead = kept - wall;
        bool isFitting = ahead > -OneSecond && ahead <= MostAhead(settings) && SecondOf(kept) == SecondOf(renewed);
        return isFitting ? held with { RenewTime = kept } : null;
    }

    /// <summary>
    /// Nobody holds the lease any more. The duration of one second is what tells a release from a holder that somebody wiped out by
    /// hand; zero is refused by the API server.
    /// </summary>
    public static LeaseRecord Release(LeaseRecord held, ElectorSettings settings, DateTimeOffset wall)
    {
        DateTimeOffset time = NextRenewTime(held, settings, wall);
        return held with { HolderIdentity = "", LeaseDurationSeconds = 1, AcquireTime = time, RenewTime = time };
    }

    /// <summary>
    /// What the wall clock says, but always another whole second than the last time, because client-go sees no more of a time than that: a
    /// leader whose renewals look alike is dead to it, and it would lead beside that leader. A write that changes nothing would be
    /// dropped by the API server, too (design 5, rule 4).
    /// </summary>
    /// <remarks>
    /// Where the wall clock will not do, because it stands still, was set back, or renewals come closer than a second, the next time is a
    /// second and a microsecond after the last, up to <see cref="MostAhead"/> of the wall clock; there it begins anew at the wall clock.
    /// To swing between two seconds would not be enough: who polls may see the same one each time. And as the microseconds count on, no
    /// record ever comes back: a standby that was cut off for a while would take it for the one whose time is up.
    /// <para>
    /// A time that is farther ahead, or ahead by another holder's clock, is forgotten. Who compares times with a clock of its own would
    /// believe a dead leader alive until then.
    /// </para>
    /// </remarks>
    private static DateTimeOffset NextRenewTime(LeaseRecord? last, ElectorSettings settings, DateTimeOffset wall)
    {
        DateTimeOffset now = InMicroseconds(wall < Latest ? wall : Latest);
        if (last?.RenewTime is not { } time)
            return now;
        DateTimeOffset renewed = InMicroseconds(time);
        TimeSpan ahead = renewed - now;
        TimeSpan most = last.HolderIdentity == settings.Identity ? MostAhead(settings) : TimeSpan.Zero;
        DateTimeOffset next = now;
        if (ahead > TimeSpan.Zero && ahead <= most)
            next = ahead + Step <= most ? renewed + Step : now + new TimeSpan((ahead + Step).Ticks % TimeSpan.TicksPerSecond);
        return SecondOf(next) == SecondOf(renewed) ? renewed + Step : next;
    }

    /// <summary>
    /// So many seconds that none comes back before about a lease has passed, or before a client-go that looks every 4.4 s has looked again.
    /// </summary>
    private static TimeSpan MostAhead(ElectorSettings settings)
    {
        TimeSpan apart = settings.LeaseDuration > LongestPause ? settings.LeaseDuration : LongestPause;
        return TimeSpan.FromSeconds(apart / (settings.RenewInterval < OneSecond ? settings.RenewInterval : OneSecond));
    }

    private static long SecondOf(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerSecond;

    /// <summary>What a lease can store: what we remember to have written must equal what we read back.</summary>
    private static DateTimeOffset InMicroseconds(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>
    /// One more on each change of holder, also from nobody; a lease that did not exist starts at 0 (as client-go counts).
    /// </summary>
    private static int Transitions(LeaseRecord? old, string identity)
    {
        if (old is null)
            return 0;
        int count = old.LeaseTransitions ?? 0;
        return old.HolderIdentity == identity || count == int.MaxValue ? count : count + 1;
    }
}
