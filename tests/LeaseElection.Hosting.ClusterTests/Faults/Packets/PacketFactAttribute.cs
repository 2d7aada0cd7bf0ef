using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

/// <summary>
/// A fact that needs network namespaces beside the real API server: skipped with the reason on a machine that has none, failing there when
/// <c>CI=true</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PacketFactAttribute : FactAttribute
{
    public PacketFactAttribute() => Skip = ReasonToSkip(Environment.GetEnvironmentVariable);

    internal static string? ReasonToSkip(Func<string, string?> variable) =>
        ApiServerAssets.ReasonToSkip(variable) ?? NetworkNamespaces.ReasonToSkip(variable);
}
