using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Announcing;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Finds store, namespace and identity of an election from its options and from what is around the process.</summary>
internal sealed class ElectionStoreFactory(
    ProcessEnvironment environment, GivenConnections givers, LeaseClaims claims, AnnouncerFactory announcers, ElectionClock clock,
    IHostEnvironment? host = null, ILoggerFactory? loggers = null)
    : IElectionStoreFactory
{
    private readonly ILoggerFactory _loggers = loggers ?? NullLoggerFactory.Instance;

    /// <summary>Without a host the variable that would name its environment counts all the same.</summary>
    private string? EnvironmentName => host is null ? environment.Variable("DOTNET_ENVIRONMENT") : host.EnvironmentName;

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

        (KubernetesConnection? connection, string leaseNamespace) =
            await FindAsync(registration, options, cancellationToken).ConfigureAwait(false);
        var card = new ElectionIdentityCard(leaseNamespace, options.LeaseName!, identity);
        ILeaseStore store = Stores(registration, options, connection, leaseNamespace)(card.LeaseName);
        claims.Claim(registration, store.Description);
        if (connection is not null)
            return new OpenedStore(store, card) { Announcers = announcers.Open(registration, options, connection, card) };
        NothingToAnnounceTo(registration, options);
        return new OpenedStore(store, card);
    }

    public async ValueTask<OpenedLeases> OpenLeasesAsync(
        LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken)
    {
        (KubernetesConnection? connection, string leaseNamespace) =
            await FindAsync(registration, options, cancellationToken).ConfigureAwait(false);
        return new OpenedLeases(
            Stores(registration, options, connection, leaseNamespace), leaseNamespace, ElectionIdentity.Resolve(options, environment));
    }

    /// <summary>Where leases are kept: by the API server of a connection, or else in files; and in which namespace.</summary>
    private async ValueTask<(KubernetesConnection? Connection, string LeaseNamespace)> FindAsync(
        LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken)
    {
        KubernetesConnection? given = options.Store == LeaseStoreKind.File
            ? null
            : await givers.AskAsync(registration, options, cancellationToken).ConfigureAwait(false);
        KubernetesConnection? connection = LeaseStoreSelection.Select(
            registration,
            options,
            environment,
            EnvironmentName,
            (atHome, tried) => given ?? LookAround(registration, options, atHome, tried));
        return (connection, LeaseNamespace.Resolve(
            registration, options, environment, connection is null ? LeaseNamespace.Default : connection.Namespace, given?.Origin));
    }

    private Func<string, ILeaseStore> Stores(
        LeaderElectionRegistration registration, LeaderElectionOptions options, KubernetesConnection? connection, string leaseNamespace)
    {
        if (connection is not null)
        {
            var logger = new GuardedLogger(_loggers.CreateLogger<KubernetesLeaseStore>());
            return lease => new KubernetesLeaseStore(connection, leaseNamespace, lease, clock.TimeProvider, logger);
        }

        string directory = FileStoreDirectory.Resolve(registration, options, environment);
        ILogger<FileLeaseStore> fileLogger = _loggers.CreateLogger<FileLeaseStore>();
        return lease => new FileLeaseStore(directory, leaseNamespace, lease, clock.TimeProvider, fileLogger);
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
            new GuardedLogger(_loggers.CreateLogger<AnnouncerFactory>()).NothingToAnnounceTo(string.Join(" and ", asked));
    }
}
