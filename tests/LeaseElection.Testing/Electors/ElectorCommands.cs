using System.Globalization;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Testing.Electors;

/// <summary>The command lines of electors that stand for one lease: the program, and its arguments.</summary>
/// <param name="server">Whose lease it is.</param>
/// <param name="leaseNamespace">Where it is.</param>
/// <param name="lease">Its name.</param>
internal sealed class ElectorCommands(RealApiServer server, string leaseNamespace, string lease)
{
    /// <summary>One of ours.</summary>
    /// <param name="program">The assembly whose entry point takes <paramref name="command"/>.</param>
    /// <param name="user">Whose rights it has.</param>
    /// <param name="identity">What it is called.</param>
    /// <param name="timings">The three durations.</param>
    /// <param name="command"><see cref="Candidate"/>, unless it is another's.</param>
    /// <param name="settings">More of its options: <c>Kubernetes:ContainerName=app</c>.</param>
    public string[] Ours(
        string program, ApiServerUser user, string identity, ElectorTimings timings, string command = Candidate.Command,
        params string[] settings)
    {
        string[] all =
        [
            $"LeaseName={lease}",
            $"LeaseNamespace={leaseNamespace}",
            $"Identity={identity}",
            Invariant($"LeaseDuration={timings.Lease:c}"),
            Invariant($"RenewDeadline={timings.Deadline:c}"),
            Invariant($"RetryPeriod={timings.Retry:c}"),
            $"Kubernetes:ApiServer={server.Url}",
            $"Kubernetes:TokenFile={user.TokenFile}",
            $"Kubernetes:CertificateAuthorityFile={server.CertificateAuthorityFile}",
            .. settings,
        ];
        return ["dotnet", program, command, .. all.Select(setting => $"--LeaderElection:{setting}")];
    }

    /// <summary>One of client-go's, today's unless another is named.</summary>
    public string[] ClientGo(
        ApiServerUser user, string identity, ElectorTimings timings, bool release = true, string kind = "client-go") =>
    [
        ElectorPrograms.PathOf(kind),
        .. Where(user, "--identity", identity),
        Invariant($"--lease-duration={timings.LeaseSeconds}s"),
        Invariant($"--renew-deadline={timings.DeadlineSeconds}s"),
        Invariant($"--retry-period={timings.RetrySeconds}s"),
        release ? "--release-on-cancel=true" : "--release-on-cancel=false",
    ];

    /// <summary>One of KubernetesClient's.</summary>
    public string[] KubernetesClient(ApiServerUser user, string identity, ElectorTimings timings) =>
    [
        "dotnet", ElectorPrograms.KubernetesClient,
        .. Where(user, "--identity", identity),
        "--lease-duration", Invariant($"{timings.LeaseSeconds}"),
        "--renew-deadline", Invariant($"{timings.DeadlineSeconds}"),
        "--retry-period", Invariant($"{timings.RetrySeconds}"),
    ];

    /// <summary>One of the Python client's.</summary>
    public string[] Python(ApiServerUser user, string identity, ElectorTimings timings) =>
    [
        ElectorPrograms.PathOf("python"), "run",
        .. Where(user, "--identity", identity),
        Invariant($"--lease-duration={timings.LeaseSeconds}"),
        Invariant($"--renew-deadline={timings.DeadlineSeconds}"),
        Invariant($"--retry-period={timings.RetrySeconds}"),
    ];

    /// <summary>Where the lease is, as electors of others are told.</summary>
    public string[] Where(ApiServerUser user, params string[] more) =>
    [
        "--server", server.Url.GetLeftPart(UriPartial.Authority), // The Python client would make two slashes of one at the end.
        "--token-file", user.TokenFile,
        "--ca-file", server.CertificateAuthorityFile,
        "--namespace", leaseNamespace,
        "--lease", lease,
        .. more,
    ];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
