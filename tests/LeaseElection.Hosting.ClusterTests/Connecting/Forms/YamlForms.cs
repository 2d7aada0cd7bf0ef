using static LeaseElection.Hosting.ClusterTests.Connecting.ConnectionCase;

namespace LeaseElection.Hosting.ClusterTests.Connecting.Forms;

/// <summary>What YAML has that few know.</summary>
internal static class YamlForms
{
    private const string Token = "{name: u, user: {token: made-up}}";

    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        new("JSON, indented by tabs", "token made-up", scene => scene.Write("config", string.Join("\n\t", [
            "{",
            """ "apiVersion": "v1", "kind": "Config", "current-context": "main", "preferences": {},""",
            $$""" "clusters": [{"name": "c", "cluster": {"server": "{{scene.ServerUrl}}",""",
            $$""" "certificate-authority-data": "{{scene.AuthorityData}}"} }],""",
            """ "contexts": [{"name": "main", "context": {"cluster": "c", "user": "u"}}],""",
            """ "users": [{"name": "u", "user": {"token": "made-up"}}]""",
            "}",
        ]))),
        new("a second document", "token made-up", scene =>
        {
            scene.KubeConfig("token: made-up");
            scene.Write("config", $"---\n{File.ReadAllText(scene.InFolder("config"))}\n---\nkind: Config\n");
        }),
        new("a key twice: the last counts", "token made-up", scene => scene.KubeConfig("token: other, token: made-up")),
        new("anchors", "token made-up", scene => Clusters(scene, $"{{name: x, cluster: &x {{ {scene.Cluster} }}}}", "*x")),
        new("a merge key", "token made-up", scene => Clusters(
            scene, $"{{name: x, cluster: &x {{ {scene.Cluster} }}}}", "{<<: *x, extensions: null}",
            "{name: first, user: &u {token: made-up}}, {name: u, user: {<<: *u}}")),
        new("a merge key, and a key of its own after it", "token made-up", scene => Clusters(
            scene, Elsewhere(scene, "x"), $"{{<<: *x, server: \"{scene.ServerUrl}\"}}")),
        new("a merge key, and before it a key, which it overwrites", "token made-up", scene => Clusters(
            scene, $"{{name: x, cluster: &x {{ {scene.Cluster} }}}}", "{server: \"https://127.0.0.1:1\", <<: *x}")),
        new("a merge key of several, of which the first counts", "token made-up", scene => Clusters(
            scene, $"{{name: x, cluster: &x {{server: \"{scene.ServerUrl}\"}}}}, {Elsewhere(scene, "z")}", "{<<: [*x, *z]}")),
        new("a merge key within what is merged", "token made-up", scene => Clusters(
            scene, $"{{name: x, cluster: &x {{ {scene.Cluster} }}}}, {{name: z, cluster: &z {{<<: *x}}}}", "{<<: *z}")),
        new("a merge key in quotes, which is an ordinary one", Refused, scene => Clusters(
            scene, $"{{name: x, cluster: &x {{ {scene.Cluster} }}}}", "{\"<<\": *x}"))
        { Says = "server" },
        new("a merge key of a text", Refused, scene => Clusters(scene, "{name: x}", $"{{<<: x, {scene.Cluster}}}"))
        { Says = "not valid YAML" },
    ];

    /// <summary>Some clusters, and c, which is the one to go to.</summary>
    private static void Clusters(ConnectionScene scene, string others, string cluster, string users = Token) =>
        scene.Write("config", $$"""
            current-context: main
            clusters: [{{others}}, {name: c, cluster: {{cluster}} }]
            contexts: [{name: main, context: {cluster: c, user: u} }]
            users: [{{users}}]
            """);

    private static string Elsewhere(ConnectionScene scene, string anchor) =>
        $"{{name: {anchor}, cluster: &{anchor} {{server: \"https://127.0.0.1:1\", certificate-authority-data: {scene.AuthorityData}}}}}";
}
