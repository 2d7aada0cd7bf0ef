namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>What has to be remembered of an election: its last terms, and since when its lease cannot be read or written.</summary>
internal sealed class TermHistory(ILeaderElection election, TimeProvider time)
{
    private const int Kept = 10;

    /// <summary>By so much the clocks of two machines differ that go right; a term's own date is good enough then.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<SeenTerm> _terms = [];
    private DateTimeOffset? _acquiredAt;
    private DateTimeOffset? _readAt;
    private DateTimeOffset? _failingSince;

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

    /// <summary>The terms up to now, oldest first; and since when there has been an error, or null.</summary>
    public (IReadOnlyList<SeenTerm> Terms, DateTimeOffset? FailingSince) Look()
    {
        lock (_lock)
        {
            // Read in here: of two who look at once, the one with the older status must not come last.
            LeaderElectionStatus status = election.Status;
            DateTimeOffset now = time.GetUtcNow();
            _failingSince = status.LastError is null ? null : _failingSince ?? now;
            string? leader = LeaderOf(status);
            SeenTerm? last = _terms.LastOrDefault();
            bool goesOn = last is { Until: null } && last.HolderIdentity == leader
                && (status.AcquiredAt is null || status.AcquiredAt == _acquiredAt);
            if (!goesOn)
            {
                DateTimeOffset since = BeganAt(status.AcquiredAt, now);

                // Also one that was seen to be over a moment after the next had begun: two never lead at once, and none may look as if.
                if (last is { Until: null } || (leader is not null && last?.Until > since))
                    _terms[^1] = last with { Until = leader is null ? now : since };
                if (leader is not null)
                    _terms.Add(new SeenTerm(leader, since, Until: null));
                if (_terms.Count > Kept)
                    _terms.RemoveAt(0);
                _acquiredAt = status.AcquiredAt;
            }

            _readAt = status.ReadAt;
            return ([.. _terms], _failingSince);
        }
    }

    /// <summary>
    /// When a term began that is first seen now. Its holder says so by a clock that may be wrong, and may date it two seconds ahead;
    /// but it began no later than now, nor before the lease was read that said something else. So terms stay in order, and none overlaps
    /// the next for an outage.
    /// </summary>
    private DateTimeOffset BeganAt(DateTimeOffset? acquiredAt, DateTimeOffset now)
    {
        DateTimeOffset since = acquiredAt < now ? acquiredAt.Value : now;
        if (_readAt is { } read && since < read - Slack)
            since = read;
        if (_terms.LastOrDefault() is not { } last)
            return since;
        if (since < last.Since)
            since = last.Since;
        return last.Until > since + Slack ? last.Until.Value : since; // The clock of the next one is wrong: what was seen here is not.
    }

    /// <summary>Who holds the lease, unless that is this process and it has lost it without being able to read so.</summary>
    private string? LeaderOf(LeaderElectionStatus status) =>
        status.HolderIdentity == election.Identity
        && status.State is not (LeaderElectionState.Leading or LeaderElectionState.Draining or LeaderElectionState.Releasing)
            ? null : status.HolderIdentity;
}
