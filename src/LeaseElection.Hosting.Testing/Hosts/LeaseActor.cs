using System.Globalization;
using System.Text.Json.Nodes;

namespace LeaseElection.Hosting.Testing.Hosts;

/// <summary>The other replicas of one lease, which do what the test says.</summary>
internal sealed class LeaseActor(InMemoryLeases leases, string leaseName, string leaseNamespace)
{
    /// <summary>For as long as any test lasts: they lead until the test says otherwise, however much time it lets pass.</summary>
    private const int AYear = 365 * 24 * 60 * 60;

    /// <summary>One of them becomes holder, whoever it was.</summary>
    public void TakeOver(string identity) => Write(spec =>
    {
        spec["holderIdentity"] = identity;
        spec["leaseDurationSeconds"] = AYear;
        spec["acquireTime"] = AMomentAgo();
        spec["renewTime"] = AMomentAgo();
        spec["leaseTransitions"] = ((int?)spec["leaseTransitions"] ?? 0) + 1;
    });

    /// <summary>
    /// They give the lease up. If it was not theirs, one of them leads for an instant: who has stepped down waits until another has.
    /// </summary>
    public void GiveUp() => leases.Model.Change(() =>
    {
        if (leases.Get(leaseName, leaseNamespace)?["spec"]?["leaseDurationSeconds"]?.GetValue<int>() != AYear)
            TakeOver(FakeLeaderElection.AnotherReplica);
        Write(spec =>
        {
            spec["holderIdentity"] = "";
            spec["leaseDurationSeconds"] = 1;
            spec["acquireTime"] = AMomentAgo();
            spec["renewTime"] = AMomentAgo();
        });
    });

    /// <summary>Whether a process that shows this status has seen the lease as it is now.</summary>
    public bool IsSeenBy(LeaderElectionStatus status)
    {
        JsonNode? spec = leases.Get(leaseName, leaseNamespace)?["spec"];
        string? holder = (string?)spec?["holderIdentity"] is { Length: > 0 } identity ? identity : null;
        return status.HolderIdentity == holder
            && (holder is null || status.RenewedAt is not { } renewedAt || (string?)spec!["renewTime"] is not { } text
                || DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) == renewedAt);
    }

    public void ClearHolder() => Write(spec => spec["holderIdentity"] = "");

    public void Delete() => leases.Delete(leaseName, leaseNamespace);

    /// <summary>A process writes a renewal under the identity of another.</summary>
    public void WriteAs(string identity) => Write(spec =>
    {
        spec["holderIdentity"] = identity;
        spec["renewTime"] = AMomentAgo();
    });

    /// <summary>
    /// Not now: the app would have to write a time ahead of the clock, because each renewal must differ from the one before by a whole
    /// second, and a test that looks at it would wonder.
    /// </summary>
    private string AMomentAgo() => leases.Time.GetUtcNow().AddSeconds(-2)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private void Write(Action<JsonObject> change) =>
        leases.Edit(leaseName, lease => change((JsonObject)(lease["spec"] ??= new JsonObject())), leaseNamespace);
}
