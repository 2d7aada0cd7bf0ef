using System.Runtime.InteropServices;

namespace LeaseElection.Hosting.Election;

/// <summary>One reading of both clocks.</summary>
/// <param name="Monotonic">Never goes back and counts the time a machine is suspended. Every deadline is on this clock.</param>
/// <param name="Wall">UTC. Written to the lease for people to read; never compared with a deadline.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ElectionTime(TimeSpan Monotonic, DateTimeOffset Wall)
{
    /// <summary>
    /// How far the wall clock is ahead of the monotonic one. It is constant while both run; a virtual machine that was paused by
    /// its host comes back with a wall clock that ran on.
    /// </summary>
    public TimeSpan WallLead => Wall - DateTimeOffset.UnixEpoch - Monotonic;
}
