using System.Globalization;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Benchmarks;

/// <summary>The processes of a <see cref="ScaleBenchmark"/>, all of one kind.</summary>
internal sealed class ScaleReplicas(RealApiServer server, string leaseNamespace, ApiServerUser user, string? program, int count) : IAsyncDisposable
{
    private readonly List<ScaleReplica> _all = [];

    public ScaleReplica Start()
    {
        string number = count.ToString(CultureInfo.InvariantCulture);
        var replica = program is null
            ? new ScaleReplica("dotnet", [typeof(ScaleReplicas).Assembly.Location, ScaleBenchmark.Command, number], Environment, count)
            : new ScaleReplica(program, [.. Flags, "-identity", $"replica-{_all.Count}", "-count", number], new Dictionary<string, string>(), count);
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
