namespace LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;

/// <summary>An election that is in the term that a test puts it in.</summary>
internal sealed class StubElection(string identity = "replica-1", string leaseName = "settlement") : ILeaderElection
{
    public LeadershipTermSource? Source { get; set; }

    public string Name => "";

    public string Identity => identity;

    public string LeaseName => leaseName;

    public string LeaseNamespace => "default";

    public bool IsLeader => Term is { IsHeld: true };

    public LeadershipTerm? Term => Source?.Term;

    public LeaderElectionStatus Status => throw new NotSupportedException();

    /// <summary>Begins a term with a token, or with none.</summary>
    public StubElection Lead(UInt128? token)
    {
        Source = new LeadershipTermSource(token is { } value ? new FencingToken(value) : null, LeaseName, LeaseNamespace, identity);
        return this;
    }

    public IAsyncEnumerable<LeaderElectionStatus> WatchAsync(CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<LeadershipTerm> WaitForLeadershipAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task StepDownAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
