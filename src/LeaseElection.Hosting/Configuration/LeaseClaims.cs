using System.Collections.Concurrent;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>
/// The leases of one host, to refuse that two of its elections compete for the same: one would lead, the other stand by for ever.
/// </summary>
internal sealed class LeaseClaims
{
    private readonly ConcurrentDictionary<string, Claimed> _claims = new(StringComparer.Ordinal);

    /// <param name="registration">The election.</param>
    /// <param name="lease">
    /// Where its lease is, in full (<see cref="ILeaseStore.Description"/>): the same names in two clusters are two leases.
    /// </param>
    /// <exception cref="LeaseStoreConfigurationException">Another election has the lease.</exception>
    public void Claim(LeaderElectionRegistration registration, string lease) =>
        Claim(lease, new Claimed(registration, IsPartition: false));

    /// <param name="registration">The election.</param>
    /// <param name="lease">Where the lease of one of its partitions is, in full.</param>
    /// <exception cref="LeaseStoreConfigurationException">Another election has the lease.</exception>
    public void ClaimPartition(LeaderElectionRegistration registration, string lease) =>
        Claim(lease, new Claimed(registration, IsPartition: true));

    private void Claim(string lease, Claimed claimed)
    {
        Claimed first = _claims.GetOrAdd(lease, claimed);
        if (first.Registration.Name == claimed.Registration.Name)
            return;
        throw new LeaseStoreConfigurationException(
            first.IsPartition || claimed.IsPartition
                ? $"{Words(first)} and {Words(claimed)} name the same lease ({lease}), but each election, and each partition of "
                    + "one, needs its own: change one of the names."
                : $"{Words(first)} and {Words(claimed)} name the same lease ({lease}), but each election needs its own: change "
                    + "one of them.");
    }

    private static string Words(Claimed claimed) =>
        (claimed.IsPartition ? "A partition of " : "") + KeyOf(claimed.Registration);

    private static string KeyOf(LeaderElectionRegistration registration) =>
        registration.KeyOf(nameof(LeaderElectionOptions.LeaseName));

    private sealed record Claimed(LeaderElectionRegistration Registration, bool IsPartition);
}
