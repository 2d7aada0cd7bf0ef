namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>The last terms of an election, since this process began.</summary>
internal sealed class TermHistory(ILeaderElection election, TimeProvider time)
{
    private const int Kept = 10;

    private readonly Lock _lock = new();
    private readonly List<SeenTerm> _terms = [];

    /// <summary>Looks at each change, so that no term is missed while nobody asks.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (LeaderElectionStatus _ in election.WatchAsync(cancellationToken).ConfigureAwait(false))
                Look();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host has stopped.
        }
    }

    /// <summary>The terms up to now, oldest first.</summary>
    public IReadOnlyList<SeenTerm> Look()
    {
        lock (_lock)
        {
            // Read in here: of two who look at once, the one with the older status must not come last.
            LeaderElectionStatus status = election.Status;
            string? leader = LeaderOf(status);
            DateTimeOffset since = status.AcquiredAt ?? time.GetUtcNow();
            SeenTerm? last = _terms.LastOrDefault();
            bool goesOn = last is { Until: null } && last.HolderIdentity == leader
                && (status.AcquiredAt is null || last.Since == since);
            if (!goesOn)
            {
                if (last is { Until: null })
                    _terms[^1] = last with { Until = time.GetUtcNow() };
                if (leader is not null)
                    _terms.Add(new SeenTerm(leader, since, Until: null));
                if (_terms.Count > Kept)
                    _terms.RemoveAt(0);
            }

            return [.. _terms];
        }
    }

    /// <summary>Who holds the lease, unless that is this process and it has lost it without being able to read so.</summary>
    private string? LeaderOf(LeaderElectionStatus status) =>
        status.HolderIdentity == election.Identity
        && status.State is not (LeaderElectionState.Leading or LeaderElectionState.Draining or LeaderElectionState.Releasing)
            ? null : status.HolderIdentity;
}
