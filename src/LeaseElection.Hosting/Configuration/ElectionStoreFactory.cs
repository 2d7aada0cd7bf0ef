using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Announcing;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Pods;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Finds store, namespace and identity of an election from its options and from what is around the process.</summary>
internal sealed class ElectionStoreFactory(
    ProcessEnvironment environment, GivenConnections givers, LeaseClaims claims, AnnouncerFactory announcers, ElectionClock clock,
    IEnumerable<PartitionedWorkClaim> partitionedWorks, IEnumerable<LeaderElectionRegistration> registrations, SharedLeases shared,
    IHostEnvironment? host = null, ILoggerFactory? loggers = null)
    : IElectionStoreFactory
{
    /// <summary>
    /// So few watches are nothing to an API server; one on all leases of the namespace would bring in those of others.
    /// </summary>
    private const int MostOwnWatches = 8;

    private const string NoLease = "no lease (disabled)";

    private readonly ILoggerFactory _loggers = loggers ?? NullLoggerFactory.Instance;
    private readonly int _elections = registrations.Count(one => !one.IsBroker);

    /// <summary>Without a host the variable that would name its environment counts all the same.</summary>
    private string? EnvironmentName => host is null ? environment.Variable("DOTNET_ENVIRONMENT") : host.EnvironmentName;

    public async ValueTask<OpenedStore> OpenAsync(
        LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken)
    {
        FoundStore found = await FindAsync(registration, options, cancellationToken).ConfigureAwait(false);
        ILeaseStore store = found switch
        {
            { Connection: { } connection } => OpenLease(connection, found.Card),
            { Directory: { } directory } => new FileLeaseStore(
                directory, found.Card.LeaseNamespace, found.Card.LeaseName, clock.TimeProvider, _loggers.CreateLogger<FileLeaseStore>()),
            _ => new MemoryLeases(NoLease).Open(found.Card.LeaseName),
        };
        if (options.Enabled)
        {
            claims.Claim(registration, store.Description);
            await ClaimPartitionsAsync(registration, options, found).ConfigureAwait(false);
        }

        var opened = new OpenedStore(store, found.Card, () => OpenLeases(found));
        if (found.Connection is { } announced)
        {
            HolderProcess? process = options.Kubernetes.TakeOverFromTerminated
                ? OwnContainer.Resolve(registration, options, environment, clock.Now.Wall)
                : null;
            return opened with
            {
                Announcers = announcers.Open(registration, options, announced, found.Card),
                Process = process,
                OpenPods = () => new ApiServerPods(announced, clock.TimeProvider, Logger<ApiServerPods>()),
            };
        }

        NothingToAnnounceTo(registration, options);
        return opened;
    }

    /// <summary>Nothing is opened by it: a store of one of many leases sends nothing before it is asked.</summary>
    private async Task ClaimPartitionsAsync(LeaderElectionRegistration registration, LeaderElectionOptions options, FoundStore found)
    {
        if (PartitionedWorkClaim.CountOf(options, registration.Name, partitionedWorks) is not { } count)
            return;
        ILeaseStoreSource leases = OpenLeases(found);
        await using (leases.ConfigureAwait(false))
        {
            for (int i = 0; i < count; i++)
                claims.ClaimPartition(registration, leases.Open(PartitionLeaseName.Of(found.Card.LeaseName, i)).Description);
        }
    }

    public async ValueTask<OpenedLeases> OpenLeasesAsync(
        LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken)
    {
        FoundStore found = await FindAsync(registration, options, cancellationToken).ConfigureAwait(false);
        return new OpenedLeases(OpenLeases(found), found.Card.LeaseNamespace, found.Card.Identity);
    }

    private async ValueTask<FoundStore> FindAsync(
        LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken)
    {
        string identity = ElectionIdentity.Resolve(options, environment);
        string leaseName = options.LeaseName ?? "none";
        if (!options.Enabled)
            return new FoundStore(new ElectionIdentityCard(options.LeaseNamespace ?? "none", leaseName, identity));

        KubernetesConnection? given = options.Store == LeaseStoreKind.File
            ? null
            : await givers.AskAsync(registration, options, cancellationToken).ConfigureAwait(false);
        KubernetesConnection? connection = LeaseStoreSelection.Select(
            registration,
            options,
            environment,
            EnvironmentName,
            (atHome, tried) => given ?? LookAround(registration, options, atHome, tried));
        string leaseNamespace = LeaseNamespace.Resolve(
            registration, options, environment, connection is null ? LeaseNamespace.Default : connection.Namespace, given?.Origin);
        return new FoundStore(new ElectionIdentityCard(leaseNamespace, leaseName, identity))
        {
            Connection = connection,
            Directory = connection is null ? FileStoreDirectory.Resolve(registration, options, environment) : null,
        };
    }

    private KubernetesLeaseStore OpenLease(KubernetesConnection connection, ElectionIdentityCard card) => _elections == 1
        ? new(connection, card.LeaseNamespace, card.LeaseName, clock.TimeProvider, Logger<KubernetesLeaseStore>())
        : shared.Open(connection, card.LeaseNamespace, card.LeaseName, MostOwnWatches);

    private ILeaseStoreSource OpenLeases(FoundStore found) => found switch
    {
        { Connection: { } connection } =>
            new KubernetesLeases(connection, found.Card.LeaseNamespace, clock.TimeProvider, Logger<KubernetesLeases>()),
        { Directory: { } directory } => new FileLeases(
            directory, found.Card.LeaseNamespace, clock.TimeProvider, _loggers.CreateLogger<FileLeaseStore>()),
        _ => new MemoryLeases(NoLease),
    };

    private GuardedLogger Logger<T>() => new(_loggers.CreateLogger<T>());

    private KubernetesConnection? LookAround(
        LeaderElectionRegistration registration, LeaderElectionOptions options, bool atHome, List<string> tried)
    {
        if (givers.OriginOf(registration) is { } origin)
            tried.Add($"{origin} knows of no API server");

        // A named election takes over what the section of all says, and few write it anywhere else.
        string section = registration.IsShared ? KubernetesConnectionResolver.DefaultSection : registration.KeyOf("Kubernetes");
        return KubernetesConnectionResolver.TryResolve(options.Kubernetes, environment, atHome, tried, section);
    }

    /// <summary>Said and not refused: one configuration serves the cluster and the laptop.</summary>
    private void NothingToAnnounceTo(LeaderElectionRegistration registration, LeaderElectionOptions options)
    {
        string[] asked = [.. AnnouncerFactory.AskedFor(options).Select(option => registration.KeyOf(option, options))];
        if (asked.Length > 0)
            Logger<AnnouncerFactory>().NothingToAnnounceTo(string.Join(" and ", asked));
    }
}
