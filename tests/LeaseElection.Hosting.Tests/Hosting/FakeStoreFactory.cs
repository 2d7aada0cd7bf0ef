using System.Collections.Concurrent;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Leases;

namespace LeaseElection.Hosting.Tests;

/// <summary>Gives each election of a host a connection to a lease in memory.</summary>
internal sealed class FakeStoreFactory(string identity, Func<string, FakeLeaseServer> serverOf) : IElectionStoreFactory
{
    /// <summary>The connections, by name of the election; there before the host starts.</summary>
    public ConcurrentDictionary<string, FakeLeaseStore> Stores { get; } = new(StringComparer.Ordinal);

    /// <summary>Who is told of terms.</summary>
    public List<ILeadershipAnnouncer> Announcers { get; } = [];

    /// <summary>What the process says of itself, and where it looks at others; nothing unless a test sets it.</summary>
    public (HolderProcess Own, IPodSource Pods)? Deaths { get; set; }

    /// <summary>The leases around those of the elections; to be shared by factories whose hosts are to see each other.</summary>
    public ILeaseStoreSource Leases { get; init; } = new MemoryLeases("leases in memory");

    public FakeLeaseStore Store(string election = "") => Stores.GetOrAdd(election, name => serverOf(name).Connect());

    public ValueTask<OpenedStore> OpenAsync(
        LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new OpenedStore(
            Store(registration.Name), new ElectionIdentityCard("shop", options.LeaseName!, options.Identity ?? identity), () => Leases)
        {
            Announcers = Announcers,
            Process = Deaths?.Own,
            OpenPods = () => Deaths!.Value.Pods,
        });

    public ValueTask<OpenedLeases> OpenLeasesAsync(
        LeaderElectionRegistration registration, LeaderElectionOptions options, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new OpenedLeases(new StoresByName(Store), "shop", options.Identity ?? identity));

    /// <summary>For who takes leases of any names: the same connections as elections have.</summary>
    private sealed class StoresByName(Func<string, ILeaseStore> open) : ILeaseStoreSource
    {
        public string Description => "stores by name";

        public ILeaseStore Open(string leaseName) => open(leaseName);

        public ILeaseGroup OpenGroup(string group) => throw new NotSupportedException("Nobody asks for it.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
