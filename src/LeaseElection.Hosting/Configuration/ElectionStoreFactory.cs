using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Announcing;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Finds store, namespace and identity of an election from its options and from what is around the process.</summary>
internal sealed class ElectionStoreFactory(
    ProcessEnvironment environment, IHostEnvironment host, GivenConnections givers, LeaseClaims claims, AnnouncerFactory announcers,
    ElectionClock clock, ILoggerFactory loggers)
    : IElectionStoreFactory
{
    public async ValueTask<OpenedStore> OpenAsync(
        LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken)
    {
        string identity = ElectionIdentity.Resolve(options, environment);
        if (!options.Enabled)
        {
            NothingToAnnounceTo(registration, options);
            var alone = new ElectionIdentityCard(options.LeaseNamespace ?? "none", options.LeaseName ?? "none", identity);
            return new OpenedStore(new MemoryLeaseStore("no lease (disabled)"), alone);
        }

        KubernetesConnection? given = options.Store == LeaseStoreKind.File
            ? null
            : await givers.AskAsync(registration, options, cancellationToken).ConfigureAwait(false);
        KubernetesConnection? connection = LeaseStoreSelection.Select(
            registration,
            options,
            environment,
            host.EnvironmentName,
            (atHome, tried) => given ?? LookAround(registration, options, atHome, tried));
        string leaseNamespace = LeaseNamespace.Resolve(
            registration, options, environment, connection is null ? LeaseNamespace.Default : connection.Namespace, given?.Origin);
        var card = new ElectionIdentityCard(leaseNamespace, options.LeaseName!, identity);
        ILeaseStore store = connection is null
            ? new FileLeaseStore(
                FileStoreDirectory.Resolve(registration, options, environment),
                card.LeaseNamespace, card.LeaseName, clock.TimeProvider, loggers.CreateLogger<FileLeaseStore>())
            : new KubernetesLeaseStore(
                connection, card.LeaseNamespace, card.LeaseName, clock.TimeProvider,
                new GuardedLogger(loggers.CreateLogger<KubernetesLeaseStore>()));
        claims.Claim(registration, store.Description);
        if (connection is not null)
            return new OpenedStore(store, card) { Announcers = announcers.Open(registration, options, connection, card) };
        NothingToAnnounceTo(registration, options);
        return new OpenedStore(store, card);
    }

    private KubernetesConnection? LookAround(
        LeaderElectionRegistration registration, LeaderElectionOptions options, bool atHome, List<string> tried)
    {
        if (givers.OriginOf(registration) is { } origin)
            tried.Add($"{origin} knows of no API server");
        return KubernetesConnectionResolver.TryResolve(options.Kubernetes, environment, atHome, tried);
    }

    /// <summary>Said and not refused: one configuration serves the cluster and the laptop.</summary>
    private void NothingToAnnounceTo(LeaderElectionRegistration registration, LeaderElectionOptions options)
    {
        string[] asked = [.. AnnouncerFactory.AskedFor(options).Select(registration.KeyOf)];
        if (asked.Length > 0)
            new GuardedLogger(loggers.CreateLogger<AnnouncerFactory>()).NothingToAnnounceTo(string.Join(" and ", asked));
    }
}
