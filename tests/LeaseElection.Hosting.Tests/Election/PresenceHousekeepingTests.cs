using System.Collections.Immutable;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

public sealed class PresenceHousekeepingTests
{
    private static readonly TimeSpan Now = TimeSpan.FromHours(30);

    [Theory]
    [InlineData(3600, true)]
    [InlineData(3599, false)]
    public void Stale_IsWhatHasBeenSilentForAnHour(double silent, bool isStale) =>
        Assert.Equal(isStale ? 1 : 0, Stale(TimeSpan.FromSeconds(silent)).Count);

    [Fact]
    public void Stale_OnAStandby_IsNothing() => Assert.Empty(Stale(TimeSpan.FromHours(2), leads: false));

    [Fact]
    public void Stale_WhatIsNoPresence_IsNothing() => Assert.Empty(Stale(TimeSpan.FromHours(2), isPresence: false));

    /// <summary>What was not heard may have happened all the same.</summary>
    [Fact]
    public void Stale_WhereNothingIsHeardAnyMore_IsNothing() => Assert.Empty(Stale(TimeSpan.FromHours(2), freshFor: TimeSpan.Zero));

    /// <summary>An hour is the longest a lease may be.</summary>
    [Fact]
    public void Stale_LeaseOfAnHourThatStillRuns_IsNothing() =>
        Assert.Empty(Stale(TimeSpan.FromHours(1), liveUntil: Now + TimeSpan.FromSeconds(1)));

    private static IReadOnlyList<GroupLease> Stale(
        TimeSpan silent, bool leads = true, bool isPresence = true, TimeSpan? freshFor = null, TimeSpan? liveUntil = null)
    {
        var lease = new Lease { ResourceVersion = "5", Uid = "uid", Record = SomeRecord.HeldBy("other", duration: 40) };
        var seen = new GroupLease("a", lease, liveUntil ?? Now - silent + TimeSpan.FromSeconds(40)) { ChangedAt = Now - silent };
        var view = new GroupView
        {
            ResourceVersion = "7",
            FreshUntil = Now + (freshFor ?? TimeSpan.FromSeconds(20)),
            Leases = ImmutableDictionary<string, GroupLease>.Empty.Add("a", seen),
        };
        return PresenceHousekeeping.Stale(view, Now, leads, _ => isPresence);
    }
}
