namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>An election that knows what the test says.</summary>
internal sealed class StubElection(string identity) : ILeaderElection
{
    public string Name => "";

    public string Identity => identity;

    public string LeaseName => "app";

    public string LeaseNamespace => "default";

    public bool IsLeader { get; set; }

    public LeadershipTerm? Term => null;

    public LeaderElectionStatus Status { get; private set; } = new() { State = LeaderElectionState.Standby };

    public void Sees(string? holder, Uri? endpoint) => Status = new LeaderElectionStatus
    {
        State = LeaderElectionState.Standby,
        HolderIdentity = holder,
        Notes = endpoint is null
            ? new Dictionary<string, string>()
            : new Dictionary<string, string> { ["leader-endpoint"] = endpoint.OriginalString },
    };

    public IAsyncEnumerable<LeaderElectionStatus> WatchAsync(CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<LeadershipTerm> WaitForLeadershipAsync(CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task StepDownAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
