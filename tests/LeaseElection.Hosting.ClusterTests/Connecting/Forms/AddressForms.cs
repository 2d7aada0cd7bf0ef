using System.Net;

namespace LeaseElection.Hosting.ClusterTests.Connecting.Forms;

/// <summary>The ways a server's address is written. All of them mean this machine.</summary>
internal static class AddressForms
{
    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        Row("server at localhost", "localhost"),
        Row("server at 0.0.0.0, as k3d writes it", "0.0.0.0"),
        Row("server at [::1]", "[::1]") with { Listens = IPAddress.IPv6Loopback },
        new("server without a scheme, which kubectl takes for http", ConnectionCase.Refused, scene =>
            scene.KubeConfig("token: made-up", scene.Cluster.Replace("https://", "", StringComparison.Ordinal)))
        {
            Says = "it must be an absolute https URL",
        },
        new(
            "server at a path, as gateways have it", "token made-up",
            scene => scene.KubeConfig("token: made-up")) { PathBase = "/k8s/clusters/c-1" },
        new("server that nobody listens at", ConnectionCase.Refused, scene =>
            scene.KubeConfig("token: made-up", "server: \"https://127.0.0.1:1\", insecure-skip-tls-verify: true"))
        {
            Says = "127.0.0.1:1: Connection refused",
        },
    ];

    private static ConnectionCase Row(string form, string host) =>
        new(form, "token made-up", scene => scene.KubeConfig("token: made-up", scene.ClusterAt(host)));
}
