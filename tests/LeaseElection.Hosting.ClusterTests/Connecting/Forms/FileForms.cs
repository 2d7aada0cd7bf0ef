using System.Text;
using static LeaseElection.Hosting.ClusterTests.Connecting.ConnectionCase;

namespace LeaseElection.Hosting.ClusterTests.Connecting.Forms;

/// <summary>Where kubeconfigs are, how many there are, how their bytes are written, and how their parts name each other.</summary>
internal static class FileForms
{
    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        new("several files", "token made-up, in shop", scene =>
        {
            scene.Write("a/token", "made-up");
            scene.Write("a/config", """
                clusters: []
                contexts: [{name: main, context: {cluster: c, user: u, namespace: shop}}]
                users: [{name: u, user: {tokenFile: token}}]
                """);
            scene.Write("b/config", $$"""
                current-context: main
                clusters: [{name: c, cluster: { {{scene.Cluster}} } }]
                users: [{name: u, user: {token: other} }]
                """);
            Files(scene, "a/config", "gone", "b/config");
        }),
        new("several files, one of them broken", Refused, scene =>
        {
            scene.KubeConfig("token: made-up");
            scene.Write("b", "{");
            Files(scene, "config", "b");
        })
        { Says = "not valid YAML" },
        new("no KUBECONFIG, but ~/.kube/config", "token made-up", AtHome),
        new("KUBECONFIG names nothing that exists, and there is ~/.kube/config", Refused, scene =>
        {
            AtHome(scene);
            Files(scene, "gone");
        })
        { Says = "KUBECONFIG names no file that exists" },
        new("an empty file", Refused, scene => scene.Write("config", "")) { Says = "current-context" },
        new("a byte order mark", "token made-up", scene =>
            Rewrite(scene, text => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)])),
        new("UTF-16, as a shell of Windows redirects it", "token made-up", scene =>
            Rewrite(scene, text => [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)])),
        new("CRLF at the ends of lines", "token made-up", scene =>
            Rewrite(scene, text => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")))),
        new("no apiVersion and no kind", "token made-up", scene => Replace(scene, "apiVersion: v1\nkind: Config\n", "")),
        new("another kind", Refused, scene => Replace(scene, "kind: Config", "kind: Pod")) { Says = "kind" },
        new("another version", Refused, scene => Replace(scene, "apiVersion: v1", "apiVersion: v9")) { Says = "apiVersion" },
        new("keys nobody knows", "token made-up", scene => scene.KubeConfig(
            "token: made-up, nickname: x",
            $"{scene.Cluster}, disable-compression: true, extensions: [{{name: x, extension: {{a: [1]}}}}]",
            "extensions: []")),
        new("two clusters of one name", Refused, scene =>
            Replace(scene, "clusters: [", "clusters: [{name: c, cluster: {server: \"https://127.0.0.1:1\"}}, "))
        { Says = "clusters" },
        new("lists that are null", Refused, scene =>
            scene.Write("config", "current-context: main\nclusters: null\ncontexts: null\nusers: null\n"))
        { Says = "not a context" },
        new("no current-context", Refused, scene => Replace(scene, "current-context: main", "current-context: \"\""))
        { Says = "current-context" },
        new("a current-context that is not there", Refused, scene => Replace(scene, "current-context: main", "current-context: gone"))
        { Says = "'gone', which is not a context" },
        new("a context without a user", Refused, scene => Replace(scene, "user: u,", "")) { Says = "must name a user" },
        new("a user that is not there", Refused, scene => Replace(scene, "user: u,", "user: gone,")) { Says = "'gone'" },
        new("a number for a name", Refused, scene => Replace(scene, "main", "1"))
        {
            Differences = [new(OwnConnector.Column, "token made-up", "A name is a text for us, in quotes or without.")],
        },
    ];

    private static void Files(ConnectionScene scene, params IEnumerable<string> names) =>
        scene.Environment["KUBECONFIG"] = string.Join(Path.PathSeparator, names.Select(scene.InFolder));

    private static void AtHome(ConnectionScene scene)
    {
        scene.KubeConfig("token: made-up");
        Directory.CreateDirectory(scene.InFolder("home/.kube"));
        File.Move(scene.InFolder("config"), scene.InFolder("home/.kube/config"));
        scene.Environment.Remove("KUBECONFIG");
    }

    private static void Replace(ConnectionScene scene, string text, string with) =>
        Rewrite(scene, good => Encoding.UTF8.GetBytes(good.Replace(text, with, StringComparison.Ordinal)));

    /// <summary>A good kubeconfig, in other bytes.</summary>
    private static void Rewrite(ConnectionScene scene, Func<string, byte[]> bytes)
    {
        scene.KubeConfig("token: made-up");
        string file = scene.InFolder("config");
        File.WriteAllBytes(file, bytes(File.ReadAllText(file)));
    }
}
