using LeaseElection.Hosting;

namespace LeaseElection.Sidecar.Exec;

/// <summary>What a command finds in its environment, besides what the sidecar has.</summary>
internal static class CommandEnvironment
{
    public const string Identity = "LEADER_ELECTION_IDENTITY";
    public const string Lease = "LEADER_ELECTION_LEASE";

    /// <summary>Not there when the term has none: a wrong one would be worse.</summary>
    public const string FencingToken = "LEADER_ELECTION_FENCING_TOKEN";

    public static Dictionary<string, string?> Of(LeadershipTerm term) => new()
    {
        [Identity] = term.Identity,
        [Lease] = $"{term.LeaseNamespace}/{term.LeaseName}",
        [FencingToken] = TokenOf(term),
    };

    private static string? TokenOf(LeadershipTerm term)
    {
        try
        {
            return term.FencingToken.ToString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
