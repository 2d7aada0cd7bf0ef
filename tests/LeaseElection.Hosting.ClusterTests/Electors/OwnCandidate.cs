using LeaseElection.Hosting.ClusterTests.Election;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>One of ours, in this process.</summary>
internal sealed class OwnCandidate(string identity, ClusterHost host) : IAsyncDisposable
{
    public string Identity => identity;

    public ClusterHost Host => host;

    /// <summary>Waits until it has found this leader.</summary>
    public Task<LeaderElectionStatus> SeesAsync(string leader) => host.UntilAsync(status => status.HolderIdentity == leader);

    /// <summary>Stops it as a host stops: its work ends, then the lease is released.</summary>
    public Task StopAsync() => host.StopAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
