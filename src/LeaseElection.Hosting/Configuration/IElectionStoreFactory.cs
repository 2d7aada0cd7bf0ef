using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Opens the store of an election as its options say. Replaced in tests.</summary>
internal interface IElectionStoreFactory
{
    /// <exception cref="LeaseStoreConfigurationException">The options do not lead to a store.</exception>
    ValueTask<OpenedStore> OpenAsync(LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken);

    /// <summary>Finds where a broker keeps its leases, whatever they will be called.</summary>
    /// <exception cref="LeaseStoreConfigurationException">The options do not lead to a store.</exception>
    ValueTask<OpenedLeases> OpenLeasesAsync(
        LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken);
}
