using LeaseElection.Hosting.Leases;
using Xunit.Sdk;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>Records to write and what came of it.</summary>
internal static class Records
{
    /// <summary>For failure only: no test waits this long when the store works.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static LeaseRecord Held(string holder, int renewals = 0) => new()
    {
        HolderIdentity = holder,
        LeaseDurationSeconds = 15,
        AcquireTime = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        RenewTime = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero).AddSeconds(renewals),
        LeaseTransitions = 3,
    };

    public static async Task<Lease> CreateLeaseAsync(this ILeaseStore store, string holder = "a") =>
        Found(await store.CreateAsync(Held(holder), Patience, default));

    /// <summary>The lease of a reply that must be <see cref="LeaseReply.Found"/>; what went wrong if it is not.</summary>
    public static Lease Found(LeaseReply reply) =>
        reply is LeaseReply.Found found ? found.Lease : throw new XunitException($"Found expected, not {reply}");

    /// <summary>The error of a reply that must be <see cref="LeaseReply.Failed"/>, of this kind.</summary>
    public static LeaseStoreError Failed(LeaseStoreErrorKind kind, LeaseReply reply)
    {
        Assert.True(reply is LeaseReply.Failed failed && failed.Error.Kind == kind, $"Failed {kind} expected, not {reply}");
        return ((LeaseReply.Failed)reply).Error;
    }

    /// <summary>The error of a reply that must be <see cref="LeaseReply.Unknown"/>, of this kind.</summary>
    public static LeaseStoreError Unknown(LeaseStoreErrorKind kind, LeaseReply reply)
    {
        Assert.True(reply is LeaseReply.Unknown unknown && unknown.Error.Kind == kind, $"Unknown {kind} expected, not {reply}");
        return ((LeaseReply.Unknown)reply).Error;
    }
}
