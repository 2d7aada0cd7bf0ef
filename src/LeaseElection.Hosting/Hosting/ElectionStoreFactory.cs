using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting;

/// <summary>Finds store, namespace and identity of an election from its options and from what is around the process.</summary>
internal sealed class ElectionStoreFactory(
    ProcessEnvironment environment, IHostEnvironment host, LeaseClaims claims, ElectionClock clock, ILoggerFactory loggers)
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

        KubernetesConnection? connection = LeaseStoreSelection.Select(
            registration,
            options,
            environment,
            host.EnvironmentName,
            (atHome, tried) => KubernetesConnectionResolver.TryResolve(options.Kubernetes, environment, atHome, tried));
        string leaseNamespace = LeaseNamespace.Resolve(
            registration, options, environment, connection is null ? LeaseNamespace.Default : connection.Namespace);
        var card = new ElectionIdentityCard(leaseNamespace, options.LeaseName!, identity);
        ILeaseStore store = connection is null
            ? new FileLeaseStore(
                FileStoreDirectory.Resolve(registration, options, environment),
                card.LeaseNamespace, card.LeaseName, clock.TimeProvider, loggers.CreateLogger<FileLeaseStore>())
            : new KubernetesLeaseStore(
                connection, card.LeaseNamespace, card.LeaseName, clock.TimeProvider, loggers.CreateLogger<KubernetesLeaseStore>());
        claims.Claim(registration, store.Description);
        return new OpenedStore(store, card);
    }
}
