using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting;

/// <summary>Finds store, namespace and identity of an election from its options and from what is around the process.</summary>
internal sealed class ElectionStoreFactory(
    ProcessEnvironment environment, LeaseClaims claims, ElectionClock clock, ILoggerFactory loggers)
    : IElectionStoreFactory
{
    public OpenedStore Open(LeaderElectionRegistration registration, LeaderElectionOptions options)
    {
        string identity = ElectionIdentity.Resolve(options, environment);
        if (!options.Enabled)
        {
            var alone = new ElectionIdentityCard(options.LeaseNamespace ?? "none", options.LeaseName ?? "none", identity);
            return new OpenedStore(new MemoryLeaseStore("no lease (disabled)"), alone);
        }

        string directory = FileStoreDirectory.Resolve(registration, options, environment);
        string leaseNamespace = LeaseNamespace.Resolve(registration, options, environment, LeaseNamespace.Default);
        var store = new FileLeaseStore(
            directory, leaseNamespace, options.LeaseName!, clock.TimeProvider, loggers.CreateLogger<FileLeaseStore>());
        claims.Claim(registration, store.Description);
        return new OpenedStore(store, new ElectionIdentityCard(leaseNamespace, options.LeaseName!, identity));
    }
}
