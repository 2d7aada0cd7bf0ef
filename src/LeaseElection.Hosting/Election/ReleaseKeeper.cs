namespace LeaseElection.Hosting.Election;

/// <summary>Gives the lease up, if it is still ours and for as long as that may take. What came of it is told.</summary>
internal sealed class ReleaseKeeper(ElectorSettings settings, ElectionTurn turn, LeaseMemory memory, RequestKeeper requests)
{
    /// <summary>When it is left to expire; not known before the last renewal has been answered.</summary>
    public TimeSpan Until { get; private set; }

    public void Begin()
    {
        Until = TimeSpan.MaxValue;
        requests.Forget();
    }

    /// <summary>Sends what is due.</summary>
    /// <returns>Whether it has come to an end.</returns>
    public bool Advance()
    {
        if (Until == TimeSpan.MaxValue && !requests.IsPending) // A renewal that hangs must not use up the time to release.
            Until = turn.Instant + settings.ReleaseWithin;
        TimeSpan left = Until - turn.Instant;
        if (left <= TimeSpan.Zero && !requests.IsPending)
            return EndBy(new ElectionEvent.NotReleased(requests.LastError));
        if (!requests.MaySend)
            return false;
        if (requests.MustRead)
            requests.Read(left);
        else if (memory is { IsOurs: true, View.Latest: { } ours })
            requests.Write(RequestPurpose.Release, ours, LeaseRecords.Release(ours.Record, settings, turn.Now.Wall), left);
        else
            return EndBy(memory.Own.Contains(memory.View.Latest) ? new ElectionEvent.Released() : null); // Never write over a successor.
        return false;
    }

    private bool EndBy(ElectionEvent? told)
    {
        if (told is not null)
            turn.Report(told);
        return true;
    }
}
