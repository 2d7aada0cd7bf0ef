using System.Net;
using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Sidecar.Naming;

/// <summary>
/// What a replica is called in the Lease without <c>--id</c>: the name of its host, as the old image had it from <c>hostname</c>, a tilde,
/// and 8 random characters. A tilde, because names of hosts and identities of other electors have none.
/// </summary>
internal static class HostIdentity
{
    private const string Separator = "~";
    private const int Length = 8;

    /// <summary>Has the library make such identities.</summary>
    /// <remarks>The whole name of the host: <see cref="Environment.MachineName"/> ends before its first dot.</remarks>
    public static ProcessEnvironment In(ProcessEnvironment environment) =>
        environment.Without("POD_NAME") with { HostName = Dns.GetHostName(), IdentitySeparator = Separator };

    /// <summary>Takes one apart; <see langword="null"/>: it is somebody else's, or was given by <c>--id</c>.</summary>
    public static (string Host, string Random)? Split(string identity)
    {
        int end = identity.Length - Length;
        return end > 1
                && identity.AsSpan(..end).EndsWith(Separator)
                && identity[end..].All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            ? (identity[..(end - Separator.Length)], identity[end..])
            : null;
    }
}
