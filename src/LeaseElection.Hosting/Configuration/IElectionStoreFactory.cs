using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Opens the store of an election as its options say. Replaced in tests.</summary>
internal interface IElectionStoreFactory
{
    /// <exception cref="LeaseStoreConfigurationException">The options do not lead to a store.</exception>
    ValueTask<OpenedStore> OpenAsync(LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken);
}
