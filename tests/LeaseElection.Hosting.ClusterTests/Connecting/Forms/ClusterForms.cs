using static LeaseElection.Hosting.ClusterTests.Connecting.ConnectionCase;

namespace LeaseElection.Hosting.ClusterTests.Connecting.Forms;

/// <summary>How a kubeconfig says where its cluster is and how it is known.</summary>
internal static class ClusterForms
{
    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        new("authority in base64 over many lines", "token made-up", scene => scene.Write("config", $"""
            current-context: main
            contexts: [{Braces("name: main, context: {cluster: c, user: u}")}]
            users: [{Braces("name: u, user: {token: made-up}")}]
            clusters:
            - name: c
              cluster:
                server: {scene.ServerUrl}
                certificate-authority-data: |
                  {string.Join("\n      ", scene.AuthorityData.Chunk(64).Select(line => new string(line)))}
            """)),
        new("authority with line breaks around it", "token made-up", scene =>
            Cluster(scene, $"certificate-authority-data: {ConnectionScene.Base64($"\n\n{scene.Server.Authority.Pem}\n\n")}")),
        new("authority in a file, relative", "token made-up", scene =>
        {
            scene.Write("pki/ca.crt", scene.Server.Authority.Pem);
            Cluster(scene, "certificate-authority: pki/ca.crt");
        }),
        new("authority both in a file and in place", Refused, scene =>
        {
            scene.Write("ca.crt", scene.Server.Authority.Pem);
            Cluster(scene, $"certificate-authority: ca.crt, certificate-authority-data: {scene.AuthorityData}");
        })
        { Says = "certificate-authority-data" },
        new("authority in a file that is not there", Refused, scene => Cluster(scene, "certificate-authority: gone.crt"))
        { Says = "gone.crt" },
        new("authority that is no certificate", Refused, scene =>
            Cluster(scene, $"certificate-authority-data: {ConnectionScene.Base64("x")}"))
        { Says = "at least one certificate" },
        new("authority that is not base64", Refused, scene => Cluster(scene, "certificate-authority-data: '***'"))
        { Says = "must be base64" },
        new("authority, and insecure-skip-tls-verify", Refused, scene =>
            Cluster(scene, $"certificate-authority-data: {scene.AuthorityData}, insecure-skip-tls-verify: true"))
        { Says = "insecure-skip-tls-verify" },
        new("insecure-skip-tls-verify alone", "token made-up", scene => Cluster(scene, "insecure-skip-tls-verify: true")),
        new("insecure-skip-tls-verify: yes", "token made-up", scene => Cluster(scene, "insecure-skip-tls-verify: yes")),
        new("insecure-skip-tls-verify in quotes", Refused, scene => Cluster(scene, "insecure-skip-tls-verify: \"true\""))
        { Says = "in quotes" },
        new("tls-server-name", "token made-up", scene =>
            scene.KubeConfig("token: made-up", $"{scene.Cluster}, tls-server-name: localhost")),
        new("tls-server-name that the certificate lacks", Refused, scene =>
            scene.KubeConfig("token: made-up", $"{scene.Cluster}, tls-server-name: elsewhere.test"))
        { Says = "trusted connection" },
        new("server with a slash at its end", "token made-up", scene => Server(scene, $"{scene.ServerUrl}/")),
        new("server in capitals", "token made-up", scene =>
            Server(scene, scene.ServerUrl.Replace("https://127.0.0.1", "HTTPS://LOCALHOST", StringComparison.Ordinal))),
        new("server with a query", "token made-up", scene => Server(scene, $"{scene.ServerUrl}?a=b"))
        {
            Says = "must be an absolute https URL",
            Differences = [new(OwnConnector.Column, Refused, "kubectl drops what it cannot mean; we say so.")],
        },
        new("no server", Refused, scene => scene.KubeConfig("token: made-up", $"certificate-authority-data: {scene.AuthorityData}"))
        { Says = "Add the API server's URL" },
    ];

    private static void Cluster(ConnectionScene scene, string keys) =>
        scene.KubeConfig("token: made-up", $"server: \"{scene.ServerUrl}\", {keys}");

    private static void Server(ConnectionScene scene, string url) =>
        scene.KubeConfig("token: made-up", $"server: \"{url}\", certificate-authority-data: {scene.AuthorityData}");

    private static string Braces(string text) => "{" + text + "}";
}
