using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.Kubernetes;

/// <summary>
/// How tests of a store reach a server. An app's two seconds for a connection are in real time, and a cold process or a machine that
/// stalls takes what it takes for TCP and the first handshake.
/// </summary>
internal static class PatientConnection
{
    /// <summary>The same connection, with all the time to be made.</summary>
    public static KubernetesConnection WithPatience(this KubernetesConnection connection) =>
        connection with { ConnectTimeout = Signal.Patience };

    /// <summary>To a real API server, as the owner of a token.</summary>
    public static KubernetesConnection ConnectAs(this RealApiServer server, string token) =>
        server.ConnectAs(new ClusterUser { Token = TextSource.Inline("token", token) });

    /// <summary>To a real API server, as this user.</summary>
    public static KubernetesConnection ConnectAs(this RealApiServer server, ClusterUser user) => new KubernetesConnection
    {
        Server = server.Url,
        Origin = "test",
        User = user,
        CertificateAuthority = TextSource.FromFile(server.CertificateAuthorityFile),
    }.WithPatience();
}
