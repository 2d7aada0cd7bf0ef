using System.Security.Cryptography;

namespace LeaseElection.Hosting.Configuration;

/// <summary>What a process calls itself as holder.</summary>
internal static class ElectionIdentity
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>
    /// The configured identity, or the pod's or host's name with a random end. New at every call, so it is asked for once per
    /// election: a restarted container has the name of its predecessor, and two hosts in one process (tests) share all else.
    /// </summary>
    public static string Resolve(LeaderElectionOptions options, ProcessEnvironment environment) =>
        options.Identity
        ?? (environment.Variable("POD_NAME") ?? environment.HostName)
            + environment.IdentitySeparator + RandomNumberGenerator.GetString(Alphabet, 8);
}
