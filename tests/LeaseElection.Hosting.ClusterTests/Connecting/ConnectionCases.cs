using LeaseElection.Hosting.ClusterTests.Connecting.Forms;

namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>
/// The rows of the table, in its order. A new form of input is a line of a list in <c>Forms/</c>, a new list is named here, and a new
/// program is an <see cref="IConnector"/> of <see cref="Connectors"/>.
/// </summary>
internal static class ConnectionCases
{
    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        .. UserForms.All, .. KeyForms.All, .. ImpersonationForms.All, .. ExecForms.All, .. FileForms.All, .. YamlForms.All,
        .. ClusterForms.All, .. ToolForms.All, .. TrustForms.All, .. AddressForms.All, .. ProxyForms.All,
    ];
}
