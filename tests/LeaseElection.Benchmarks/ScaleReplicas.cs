using System.Globalization;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Benchmarks;

/// <summary>The processes of one contender of a <see cref="ScaleBenchmark"/>.</summary>
/// <param name="server">Where to.</param>
/// <param name="leaseNamespace">Where their leases are.</param>
/// <param name="user">As whom.</param>
/// <param name="contender">Whose they are.</param>
/// <param name="count">How many elections each has.</param>
internal sealed class ScaleReplicas(RealApiServer server, string leaseNamespace, ApiServerUser user, ScaleContender contender, int count)
    : IAsyncDisposable
{
    private readonly List<ScaleReplica> _all = [];

    public ScaleReplica Start()
    {
        string number = count.ToString(CultureInfo.InvariantCulture);
        var replica = contender.IsOfDotNet
            ? new ScaleReplica(contender.Program, [.. contender.Command, number], Environment, count)
            : new ScaleReplica(
                contender.Program,
                [.. Flags, "-identity", $"replica-{_all.Count}", "-count", number],
                new Dictionary<string, string>(),
                count);
        _all.Add(replica);
        return replica;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ScaleReplica replica in _all)
            await replica.DisposeAsync();
    }

    private Dictionary<string, string> Environment => new()
    {
        // Else memory is what fits into the processor's cache, of which machines have 4 to 300 MB; as docs/hosts.md says.
        ["DOTNET_GCgen0size"] = "400000",
        ["LeaderElection__LeaseNamespace"] = leaseNamespace,
        ["LeaderElection__Kubernetes__ApiServer"] = server.Url.ToString(),
        ["LeaderElection__Kubernetes__TokenFile"] = user.TokenFile,
        ["LeaderElection__Kubernetes__CertificateAuthorityFile"] = server.CertificateAuthorityFile,
    };

    private string[] Flags =>
    [
        "-server", server.Url.ToString(), "-token-file", user.TokenFile, "-ca-file", server.CertificateAuthorityFile,
        "-namespace", leaseNamespace, "-lease", "e", "-release-on-cancel",
    ];
}
