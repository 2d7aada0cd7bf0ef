using System.Runtime.InteropServices;

namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>One member that is present.</summary>
/// <param name="Identity">What it is called as a holder.</param>
/// <param name="Count">
/// How many partitions it knows; <see langword="null"/>: it has no partitioned work, and takes no part in the plan.
/// </param>
/// <param name="RenewedAt">
/// When its presence was last seen to change, on our own monotonic clock; any value for this process itself.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PartitionMember(string Identity, int? Count, TimeSpan RenewedAt);
