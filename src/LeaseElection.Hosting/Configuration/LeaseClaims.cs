using System.Collections.Concurrent;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>
/// The leases of one host, to refuse that two of its elections compete for the same: one would lead, the other stand by for ever.
/// </summary>
internal sealed class LeaseClaims
{
    private readonly ConcurrentDictionary<string, LeaderElectionRegistration> _claims = new(StringComparer.Ordinal);

    /// <param name="registration">The election.</param>
    /// <param name="lease">
    /// Where its lease is, in full (<see cref="ILeaseStore.Description"/>): the same names in two clusters are two leases.
    /// </param>
    /// <exception cref="LeaseStoreConfigurationException">Another election has the lease.</exception>
    public void Claim(LeaderElectionRegistration registration, string lease)
    {
        LeaderElectionRegistration first = _claims.GetOrAdd(lease, registration);
        if (first.Name == registration.Name)
            return;
        throw new LeaseStoreConfigurationException(
            $"{KeyOf(first)} and {KeyOf(registration)} name the same lease ({lease}), but each election needs its own: change one "
            + "of them.");
    }

    private static string KeyOf(LeaderElectionRegistration registration) =>
        registration.KeyOf(nameof(LeaderElectionOptions.LeaseName));
}
