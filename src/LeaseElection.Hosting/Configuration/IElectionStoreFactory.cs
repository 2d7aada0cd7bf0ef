using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Opens the store of an election as its options say. Replaced in tests.</summary>
internal interface IElectionStoreFactory
{
    /// <exception cref="LeaseStoreConfigurationException">The options do not lead to a store.</exception>
    ValueTask<OpenedStore> OpenAsync(
        LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken);

    /// <summary>The same rules without an election: for who takes leases of any names (locks). The lease name is not looked at.</summary>
    /// <exception cref="LeaseStoreConfigurationException">The options do not lead to a store.</exception>
    ValueTask<OpenedLeases> OpenLeasesAsync(
        LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken);
}
