using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>
/// What happened to the list or the watch of a group. Every list that was asked for is answered by exactly one of the first two.
/// </summary>
internal abstract record GroupInput
{
    private GroupInput()
    {
    }

    public sealed record Listed(IReadOnlyDictionary<string, Lease> Leases, string ResourceVersion) : GroupInput;

    public sealed record ListFailed(LeaseStoreError Error) : GroupInput;

    /// <summary>The watch told something.</summary>
    public sealed record Watched(LeaseGroupEvent Event) : GroupInput;

    /// <summary>The watch was closed in good order.</summary>
    public sealed record WatchEnded : GroupInput;

    public sealed record WatchBroken(LeaseStoreError Error) : GroupInput;

    /// <summary>It begins, or the timer of <see cref="ElectionOutput.WakeAt"/> went off, early or late.</summary>
    public sealed record TimerFired : GroupInput;
}
