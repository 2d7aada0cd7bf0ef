using LeaseElection.Hosting;

namespace LeaseElection.Sidecar.Http;

/// <summary>Who leads as far as this replica may still believe.</summary>
/// <param name="Name">Empty: nobody, or not known, or known too long ago.</param>
/// <param name="AgeSeconds">Since the last sign of life of the holder arrived here; <see langword="null"/>: none has.</param>
/// <param name="IsStale">There is a holder in the record, and it has not been heard of for as long as its lease lasts.</param>
internal sealed record KnownHolder(string Name, double? AgeSeconds, bool IsStale)
{
    /// <summary>By the clock of this process and the duration in the record, as a standby that takes over counts.</summary>
    public static KnownHolder Of(LeaderElection election)
    {
        ElectionSnapshot snapshot = election.Snapshot;
        if (election.Run is not { } run || snapshot.Record is not { HasHolder: true } record)
            return new KnownHolder("", null, IsStale: false);
        TimeSpan? age = run.Clock.Now.Monotonic - snapshot.RenewalSeenAt;

        // Of itself a process knows more: not the record but the clock tells whether it leads.
        bool believed = record.HolderIdentity == election.Identity
            ? election.IsLeader
            : age < TimeSpan.FromSeconds(record.LeaseDurationSeconds ?? 0);
        return new KnownHolder(believed ? record.HolderIdentity! : "", age?.TotalSeconds, !believed);
    }
}
