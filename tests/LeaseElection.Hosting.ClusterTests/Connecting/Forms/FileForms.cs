using System.Text;
using static LeaseElection.Hosting.ClusterTests.Connecting.ConnectionCase;

namespace LeaseElection.Hosting.ClusterTests.Connecting.Forms;

/// <summary>Ways to write a kubeconfig, or several.</summary>
internal static class FileForms
{
    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        new("JSON, indented by tabs", "token made-up", scene => scene.Write("config", $$"""
            {
            -"apiVersion": "v1", "kind": "Config", "current-context": "main", "preferences": {},
            -"clusters": [{"name": "c", "cluster": {"server": "{{scene.ServerUrl}}",
            --"certificate-authority-data": "{{scene.AuthorityData}}"} }],
            -"contexts": [{"name": "main", "context": {"cluster": "c", "user": "u"} }],
            -"users": [{"name": "u", "user": {"token": "made-up"} }]
            }
            """.Replace("\n-", "\n\t", StringComparison.Ordinal).Replace("\t-", "\t\t", StringComparison.Ordinal))),
        new("a byte order mark", "token made-up", scene => Rewrite(scene, text => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)])),
        new("UTF-16, as a shell of Windows redirects it", "token made-up", scene =>
            Rewrite(scene, text => [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)])),
        new("CRLF at the ends of lines", "token made-up", scene =>
            Rewrite(scene, text => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")))),
        new("a second document", "token made-up", scene => Rewrite(scene, text => Encoding.UTF8.GetBytes($"---\n{text}\n---\nkind: Config\n"))),
        new("no apiVersion and no kind", "token made-up", scene =>
            Rewrite(scene, text => Encoding.UTF8.GetBytes(text.Replace("apiVersion: v1\nkind: Config\n", "", StringComparison.Ordinal)))),
        new("another kind", Refused, scene => Rewrite(scene, text => Encoding.UTF8.GetBytes(text.Replace("kind: Config", "kind: Pod", StringComparison.Ordinal))))
        { Says = "kind" },
        new("another version", Refused, scene =>
            Rewrite(scene, text => Encoding.UTF8.GetBytes(text.Replace("apiVersion: v1", "apiVersion: v9", StringComparison.Ordinal))))
        { Says = "apiVersion" },
        new("an empty file", Refused, scene => scene.Write("config", "")) { Says = "current-context" },
        new("keys nobody knows", "token made-up", scene => scene.KubeConfig(
            "token: made-up, nickname: x", $"{scene.Cluster}, disable-compression: true, extensions: [{{name: x, extension: {{a: [1]}}}}]", "extensions: []")),
        new("a key twice: the last counts", "token made-up", scene => scene.KubeConfig("token: other, token: made-up")),
        new("two clusters of one name", Refused, scene => Lists(
            scene, $"[{{name: c, cluster: {{ {scene.Cluster} }}}}, {{name: c, cluster: {{server: \"https://127.0.0.1:1\"}}}}]"))
        { Says = "clusters" },
        new("anchors", "token made-up", scene => Lists(
            scene, $"[{{name: first, cluster: &c {{ {scene.Cluster} }}}}, {{name: c, cluster: *c}}]")),
        new("a merge key", "token made-up", scene => Lists(
            scene, $"[{{name: first, cluster: &c {{ {scene.Cluster} }}}}, {{name: c, cluster: {{<<: *c, extensions: null}}}}]",
            "[{name: first, user: &u {token: made-up}}, {name: u, user: {<<: *u}}]")),
        new("a merge key, and a key of its own after it", "token made-up", scene => Lists(
            scene, Merged(scene, $"<<: *c, server: \"{scene.ServerUrl}\""))),
        new("a merge key, and before it a key, which it overwrites", "token made-up", scene => Lists(
            scene, $$"""
            [{name: merged, cluster: &c { {{scene.Cluster}} } }, {name: c, cluster: {server: "https://127.0.0.1:1", <<: *c} }]
            """)),
        new("a merge key of several, of which the first counts", "token made-up", scene => Lists(
            scene, $$"""
            [{name: a, cluster: &a {server: "{{scene.ServerUrl}}" } }, {name: b, cluster: &b {server: "https://127.0.0.1:1", certificate-authority-data: {{scene.AuthorityData}} } },
             {name: c, cluster: {<<: [*a, *b]} }]
            """)),
        new("a merge key within what is merged", "token made-up", scene => Lists(
            scene, $$"""
            [{name: a, cluster: &a { {{scene.Cluster}} } }, {name: b, cluster: &b {<<: *a} }, {name: c, cluster: {<<: *b} }]
            """)),
        new("a merge key in quotes, which is an ordinary one", Refused, scene => Lists(
            scene, $"[{{name: first, cluster: &c {{ {scene.Cluster} }}}}, {{name: c, cluster: {{\"<<\": *c}}}}]"))
        { Says = "server" },
        new("a merge key of a text", Refused, scene => Lists(scene, $"[{{name: c, cluster: {{ {scene.Cluster}, <<: x }}}}]")) { Says = "not valid YAML" },
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
        new("authority with line breaks around it", "token made-up", scene => scene.KubeConfig(
            "token: made-up", $"server: \"{scene.ServerUrl}\", certificate-authority-data: {ConnectionScene.Base64($"\n\n{scene.Server.Authority.Pem}\n\n")}")),
        new("authority in a file, relative", "token made-up", scene =>
        {
            scene.Write("pki/ca.crt", scene.Server.Authority.Pem);
            scene.KubeConfig("token: made-up", $"server: \"{scene.ServerUrl}\", certificate-authority: pki/ca.crt");
        }),
        new("authority both in a file and in place", Refused, scene =>
        {
            scene.Write("ca.crt", scene.Server.Authority.Pem);
            scene.KubeConfig("token: made-up", $"{scene.Cluster}, certificate-authority: ca.crt");
        })
        { Says = "certificate-authority-data" },
        new("authority in a file that is not there", Refused, scene =>
            scene.KubeConfig("token: made-up", $"server: \"{scene.ServerUrl}\", certificate-authority: gone.crt"))
        { Says = "gone.crt" },
        new("authority that is no certificate", Refused, scene =>
            scene.KubeConfig("token: made-up", $"server: \"{scene.ServerUrl}\", certificate-authority-data: {ConnectionScene.Base64("x")}"))
        { Says = "at least one certificate" },
        new("authority that is not base64", Refused, scene =>
            scene.KubeConfig("token: made-up", $"server: \"{scene.ServerUrl}\", certificate-authority-data: '***'"))
        { Says = "must be base64" },
        new("server with a slash at its end", "token made-up", scene => scene.KubeConfig(
            "token: made-up", $"server: \"{scene.ServerUrl}/\", certificate-authority-data: {scene.AuthorityData}")),
        new("server in capitals", "token made-up", scene => scene.KubeConfig(
            "token: made-up", $"server: \"{scene.ServerUrl.Replace("https://127.0.0.1", "HTTPS://LOCALHOST", StringComparison.Ordinal)}\", certificate-authority-data: {scene.AuthorityData}")),
        new("server with a query", "token made-up", scene => scene.KubeConfig(
            "token: made-up", $"server: \"{scene.ServerUrl}?a=b\", certificate-authority-data: {scene.AuthorityData}"))
        {
            Says = "must be an absolute https URL",
            Differences = [new(OwnConnector.Column, Refused, "kubectl drops what it cannot mean; we say so.")],
        },
        new("authority, and insecure-skip-tls-verify", Refused, scene => scene.KubeConfig("token: made-up", $"{scene.Cluster}, insecure-skip-tls-verify: true"))
        { Says = "insecure-skip-tls-verify" },
        new("insecure-skip-tls-verify alone", "token made-up", scene =>
            scene.KubeConfig("token: made-up", $"server: \"{scene.ServerUrl}\", insecure-skip-tls-verify: true")),
        new("insecure-skip-tls-verify: yes", "token made-up", scene =>
            scene.KubeConfig("token: made-up", $"server: \"{scene.ServerUrl}\", insecure-skip-tls-verify: yes")),
        new("tls-server-name", "token made-up", scene => scene.KubeConfig("token: made-up", $"{scene.Cluster}, tls-server-name: localhost")),
        new("tls-server-name that the certificate lacks", Refused, scene =>
            scene.KubeConfig("token: made-up", $"{scene.Cluster}, tls-server-name: elsewhere.test"))
        { Says = "trusted connection" },
        new("a context without a user", Refused, scene => Rewrite(
            scene, text => Encoding.UTF8.GetBytes(text.Replace("user: u,", "", StringComparison.Ordinal))))
        { Says = "must name a user" },
        new("a user that is not there", Refused, scene => Rewrite(
            scene, text => Encoding.UTF8.GetBytes(text.Replace("user: u,", "user: gone,", StringComparison.Ordinal))))
        { Says = "'gone'" },
        new("no current-context", Refused, scene => Rewrite(
            scene, text => Encoding.UTF8.GetBytes(text.Replace("current-context: main", "current-context: \"\"", StringComparison.Ordinal))))
        { Says = "current-context" },
        new("a current-context that is not there", Refused, scene => Rewrite(
            scene, text => Encoding.UTF8.GetBytes(text.Replace("current-context: main", "current-context: gone", StringComparison.Ordinal))))
        { Says = "'gone', which is not a context" },
        new("lists that are null", Refused, scene => scene.Write("config", "current-context: main\nclusters: null\ncontexts: null\nusers: null\n"))
        { Says = "not a context" },
        new("a number for a name", Refused, scene => Rewrite(
            scene, text => Encoding.UTF8.GetBytes(text.Replace("main", "1", StringComparison.Ordinal))))
        {
            Differences = [new(OwnConnector.Column, "token made-up", "A name is a text for us, in quotes or without.")],
        },
        new("several files", "token made-up, in shop", scene =>
        {
            scene.Write("a/config", "clusters: []\ncontexts: [{name: main, context: {cluster: c, user: u, namespace: shop}}]\nusers: [{name: u, user: {tokenFile: token}}]");
            scene.Write("a/token", "made-up");
            scene.Write("b/config", $"current-context: main\nclusters: [{{name: c, cluster: {{ {scene.Cluster} }}}}]\nusers: [{{name: u, user: {{token: other}}}}]");
            scene.Environment["KUBECONFIG"] = string.Join(Path.PathSeparator, scene.InFolder("a/config"), scene.InFolder("gone"), scene.InFolder("b/config"));
        }),
        new("several files, one of them broken", Refused, scene =>
        {
            scene.KubeConfig("token: made-up");
            scene.Write("b", "{");
            scene.Environment["KUBECONFIG"] = string.Join(Path.PathSeparator, scene.InFolder("config"), scene.InFolder("b"));
        })
        { Says = "not valid YAML" },
        new("no KUBECONFIG, but ~/.kube/config", "token made-up", AtHome),
        new("KUBECONFIG names nothing that exists, and there is ~/.kube/config", Refused, scene =>
        {
            AtHome(scene);
            scene.Environment["KUBECONFIG"] = scene.InFolder("gone");
        })
        { Says = "gone" },
    ];

    /// <summary>The kubeconfig with other bytes.</summary>
    private static void Rewrite(ConnectionScene scene, Func<string, byte[]> bytes)
    {
        scene.KubeConfig("token: made-up");
        string file = scene.InFolder("config");
        File.WriteAllBytes(file, bytes(File.ReadAllText(file)));
    }

    private static void Lists(ConnectionScene scene, string clusters, string users = "[{name: u, user: {token: made-up}}]") => scene.Write("config", $$"""
        current-context: main
        clusters: {{clusters.Replace("\n", "\n ", StringComparison.Ordinal)}}
        contexts: [{name: main, context: {cluster: c, user: u} }]
        users: {{users}}
        """);

    /// <summary>A cluster that is merged with another one, which is elsewhere.</summary>
    private static string Merged(ConnectionScene scene, string keys) => $$"""
        [{name: elsewhere, cluster: &c {server: "https://127.0.0.1:1", certificate-authority-data: {{scene.AuthorityData}} } }, {name: c, cluster: { {{keys}} } }]
        """;

    private static void AtHome(ConnectionScene scene)
    {
        scene.KubeConfig("token: made-up");
        Directory.CreateDirectory(scene.InFolder("home/.kube"));
        File.Move(scene.InFolder("config"), scene.InFolder("home/.kube/config"));
        scene.Environment.Remove("KUBECONFIG");
    }

    private static string Braces(string text) => "{" + text + "}";
}
