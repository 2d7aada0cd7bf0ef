using System.Runtime.InteropServices;

namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>What is seen of one partition. All instants are of our own monotonic clock.</summary>
/// <param name="Holder">
/// Whom its lease names, also when its time has run out; <see langword="null"/>: nobody, or there is no lease.
/// </param>
/// <param name="RenewedAt">
/// When its record was last seen to change (<see cref="LeaseView.RenewalSeenAt"/>); any value without a holder.
/// </param>
/// <param name="FreeAt">
/// From when on nobody can own it any more who was seen to. With a holder that is <see cref="LeaseView.FreeAt"/>, and lies ahead while it
/// renews; of a lease in our own name, which is free for us, it is when it runs out for the others (<paramref name="RenewedAt"/> and its
/// duration). Without a holder it is when the lease was seen given up. Not known, never held, or not given up
/// but deleted or emptied: <see cref="TimeSpan.MinValue"/>.
/// </param>
/// <param name="Part">What this process does about it, as its loops say: newer than what a watch tells.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PartitionSight(string? Holder, TimeSpan RenewedAt, TimeSpan FreeAt, PartitionPart Part);
