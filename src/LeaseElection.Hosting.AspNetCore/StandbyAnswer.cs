using Microsoft.AspNetCore.Http;

namespace LeaseElection.Hosting.AspNetCore;

/// <summary>What a standby answers to a request that only a leader serves.</summary>
internal static class StandbyAnswer
{
    public static Problem Of(ILeaderElection election, int status)
    {
        string? holder = election.Status.HolderIdentity;
        string detail = holder is null ? "Nobody is known to hold the lease at present."
            : holder == election.Identity ? "It holds the lease, and has stopped leading."
            : $"{holder} holds the lease.";
        return new Problem("This process does not lead", status, detail)
        {
            Election = ElectionDirectory.NameOf(election),
            HolderIdentity = holder,
        };
    }
}
