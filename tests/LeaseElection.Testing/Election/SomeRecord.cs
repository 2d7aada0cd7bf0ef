using LeaseElection.Hosting.Leases;

namespace LeaseElection.Testing.Election;

/// <summary>Records that others write.</summary>
internal static class SomeRecord
{
    private static readonly DateTimeOffset Long = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>As client-go gives a lease up.</summary>
    public static LeaseRecord Released { get; } = HeldBy("") with { LeaseDurationSeconds = 1 };

    /// <summary>Held and last renewed <paramref name="renewed"/> seconds after it was acquired.</summary>
    public static LeaseRecord HeldBy(string? holder, int renewed = 0, int transitions = 0, int? duration = 15) => new()
    {
        HolderIdentity = holder,
        LeaseDurationSeconds = duration,
        AcquireTime = Long,
        RenewTime = Long.AddSeconds(renewed),
        LeaseTransitions = transitions,
    };
}
