using System.Text.Json.Nodes;
using static LeaseElection.Hosting.ClusterTests.Connecting.ConnectionCase;

namespace LeaseElection.Hosting.ClusterTests.Connecting.Forms;

/// <summary>What plugins print, how they are named, and what they are told.</summary>
internal static class ExecForms
{
    /// <summary>What a plugin of the older version prints.</summary>
    public const string V1Beta1Token =
        """{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","spec":{},"status":{"token":"made-up"}}""";

    private const string V1 = "client.authentication.k8s.io/v1";

    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        Prints("plugin prints JSON", "token made-up", Json("""{"token":"made-up"}""")),
        Prints("plugin prints YAML", "token made-up", $"""
            # As a here-document of a shell script has it.
            apiVersion: {V1}
            kind: ExecCredential
            spec:
              interactive: false
            status:
              expirationTimestamp: 2099-01-01T00:00:00Z
              token: made-up
            """),
        Prints("plugin prints YAML with a document start and a literal block", "token made-up", $"""
            ---
            kind: "ExecCredential"
            apiVersion: '{V1}'
            status:
              token: |-
                made-up
            """),
        Prints("plugin prints empty strings for what it does not have", "token made-up", Json(
            """{"token":"made-up","clientCertificateData":"","clientKeyData":"","expirationTimestamp":null}""")),
        Prints("plugin prints null for what it does not have", "token made-up", Json(
            """{"token":"made-up","clientCertificateData":null,"clientKeyData":null}""")),
        Prints("plugin prints an empty token", Refused, Json("""{"token":""}""")) with
        {
            Says = "neither a token nor a client certificate",
        },
        Prints("plugin prints an empty expirationTimestamp", Refused, Json("""{"token":"made-up","expirationTimestamp":""}""")) with
        {
            Differences = [new(OwnConnector.Column, "token made-up", "An empty text is no time, and whoever prints it means none.")],
        },
        new("plugin prints a client certificate and an empty token", "certificate certified", scene =>
            scene.KubeConfig(scene.ExecPrinting(Json(CertificateStatus(scene, token: ""))))) { KubectlSince = 22 },
        new("plugin prints a client certificate and a token", "token made-up, certificate certified", scene =>
            scene.KubeConfig(scene.ExecPrinting(Json(CertificateStatus(scene, token: "made-up"))))) { KubectlSince = 22 },
        new("plugin prints a client certificate without its key", Refused, scene => scene.KubeConfig(scene.ExecPrinting(Json(
            new JsonObject { ["token"] = "made-up", ["clientCertificateData"] = scene.Certificate }.ToJsonString()))))
        { Says = "without the other", KubectlSince = 22 },
        Prints("plugin prints no status", Refused, $$"""{"apiVersion":"{{V1}}","kind":"ExecCredential"}""") with { Says = "status" },
        Prints("plugin prints another version", Refused, V1Beta1Token) with { Says = "v1beta1" },
        Prints("plugin prints no version", Refused, """{"kind":"ExecCredential","status":{"token":"made-up"}}""") with
        {
            Says = "version",
        },
        Prints("plugin prints another kind", Refused, $$"""{"apiVersion":"{{V1}}","kind":"Secret","status":{"token":"made-up"} }""") with
        {
            Says = "ExecCredential",
        },
        Prints("plugin prints a word", Refused, "made-up") with { Says = "JSON or YAML" },
        Prints("plugin prints nothing", Refused, "") with { Says = "ExecCredential" },
        new("plugin of v1beta1", "token made-up", scene => scene.KubeConfig(scene.ExecPrinting(V1Beta1Token, "v1beta1"))),
        new("plugin of v1beta1 without interactiveMode", "token made-up", scene =>
            scene.KubeConfig(scene.Exec($"echo '{V1Beta1Token}'", more: "", "v1beta1"))),
        new("plugin of v1 without interactiveMode", Refused, scene => scene.KubeConfig(scene.Exec("exit 1", more: "")))
        { Says = "interactiveMode", KubectlSince = 22 },
        new("plugin with an interactiveMode nobody knows", Refused, scene =>
            scene.KubeConfig(scene.Exec("exit 1", "interactiveMode: Sometimes")))
        { Says = "'Sometimes'", KubectlSince = 22 },
        new("plugin that must have a terminal", Refused, scene => scene.KubeConfig(scene.Exec("exit 1", "interactiveMode: Always")))
        { Says = "terminal", KubectlSince = 22 },
        new("plugin of v1alpha1", Refused, scene => scene.KubeConfig(scene.Exec("exit 1", "interactiveMode: Never", "v1alpha1")))
        { Says = "v1alpha1", KubectlSince = 24 },
        new("plugin without a version", Refused, scene => scene.KubeConfig("exec: {command: sh, interactiveMode: Never}"))
        { Says = "apiVersion" },
        new("plugin without a command", Refused, scene => scene.KubeConfig($"exec: {{apiVersion: {V1}, interactiveMode: Never}}"))
        { Says = "command" },
        new("plugin named by a relative path", "token made-up", scene =>
        {
            scene.Command("login", $"echo '{Json("""{"token":"made-up"}""")}'");
            scene.KubeConfig($"exec: {{apiVersion: {V1}, command: bin/login, interactiveMode: Never}}");
        })
        { KubectlSince = 22 },
        new("plugin that is not there, with an install hint", Refused, scene => scene.KubeConfig(
            $"exec: {{apiVersion: {V1}, command: no-such-plugin, interactiveMode: Never, installHint: It is on the shelf.}}"))
        { Says = "It is on the shelf." },
        new("plugin that fails", Refused, scene => scene.KubeConfig(scene.Exec("echo 'not logged in' >&2; exit 3")))
        { Says = "not logged in" },
        new("plugin with variables", "token made-up", scene => scene.KubeConfig(scene.Exec(
            Answer("$TOKEN"), "interactiveMode: IfAvailable, env: [{name: TOKEN, value: made-up}]")))
        { KubectlSince = 22 },
        new("plugin with a variable without a name", Refused, scene => scene.KubeConfig(scene.Exec(
            Answer("made-up"), "interactiveMode: Never, env: [{value: made-up}]")))
        { Says = "name" },
        new("plugin that is told of its cluster", "token made-up", scene => scene.KubeConfig(
            scene.Exec(Answer("""$(echo "$KUBERNETES_EXEC_INFO" | sed -n 's/.*"config":{[^}]*"audience":"\([^"]*\)".*/\1/p')"""),
                "interactiveMode: Never, provideClusterInfo: true"),
            $"{scene.Cluster}, extensions: [{{name: other, extension: {{audience: x}}}}, "
            + "{name: client.authentication.k8s.io/exec, extension: {depth: 1, audience: made-up, nested: [a, true, null, 1.5]}}]"))
        { KubectlSince = 22 },
        new("plugin and client certificate: it is not run", "certificate certified", scene =>
            scene.KubeConfig($"{UserForms.Certificate(scene)}, {scene.Exec("exit 1")}"))
        { KubectlSince = 22 },
        new("plugin and token: it is not run", "token made-up", scene => scene.KubeConfig($"token: made-up, {scene.Exec("exit 1")}"))
        { KubectlSince = 22 },
        new("plugin and tokenFile: it is not run", "token of-the-file", scene =>
        {
            scene.Write("token", "of-the-file");
            scene.KubeConfig($"tokenFile: token, {scene.Exec("exit 1")}");
        })
        { KubectlSince = 22 },
        new("plugin and password", Refused, scene =>
            scene.KubeConfig($"username: admin, password: x, {scene.Exec("exit 1")}"))
        { Says = "since Kubernetes 1.19", KubectlSince = 22 },
        new("plugin and auth-provider", Refused, scene => scene.KubeConfig($"auth-provider: {{name: oidc}}, {scene.Exec("exit 1")}"))
        { Says = "auth-provider" },
    ];

    private static ConnectionCase Prints(string form, string expected, string output) =>
        new(form, expected, scene => scene.KubeConfig(scene.ExecPrinting(output))) { KubectlSince = 22 };

    private static string Json(string status) => $$"""{"apiVersion":"{{V1}}","kind":"ExecCredential","status":{{status}} }""";

    /// <summary>A script that prints a token, which may be what a shell makes of it.</summary>
    private static string Answer(string token) =>
        $$$"""printf '{"apiVersion":"{{{V1}}}","kind":"ExecCredential","status":{"token":"%s"}}' "{{{token}}}" """;

    private static string CertificateStatus(ConnectionScene scene, string token) => new JsonObject
    {
        ["token"] = token,
        ["clientCertificateData"] = scene.Certificate,
        ["clientKeyData"] = scene.Key,
    }.ToJsonString();
}
