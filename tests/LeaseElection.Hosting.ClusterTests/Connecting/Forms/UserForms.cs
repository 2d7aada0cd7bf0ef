using static LeaseElection.Hosting.ClusterTests.Connecting.ConnectionCase;

namespace LeaseElection.Hosting.ClusterTests.Connecting.Forms;

/// <summary>The ways a kubeconfig's user logs in, alone and together.</summary>
internal static class UserForms
{
    /// <summary>An OpenID token that is valid until 2100, as far as the client can tell.</summary>
    private static readonly string IdToken = $"e30.{Convert.ToBase64String("""{"exp":4102444800}"""u8).TrimEnd('=')}.c2ln";

    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        new("token", "token made-up", scene => scene.KubeConfig("token: made-up")),
        new("token, namespace of the context", "token made-up, in shop", scene =>
            scene.KubeConfig("token: made-up", context: "namespace: shop")),
        new("tokenFile, relative, with a line break at its end", "token of-the-file", scene =>
        {
            scene.Write("secrets/token", "of-the-file\n");
            scene.KubeConfig("tokenFile: secrets/token");
        }),
        new("token and tokenFile", "token of-the-file", scene =>
        {
            scene.Write("token", "of-the-file");
            scene.KubeConfig("token: made-up, tokenFile: token");
        }),
        new("token and a tokenFile that is not there", "token made-up", scene => scene.KubeConfig("token: made-up, tokenFile: gone")),
        new("token and an empty tokenFile", "token made-up", scene =>
        {
            scene.Write("token", "\n");
            scene.KubeConfig("token: made-up, tokenFile: token");
        }),
        new("a tokenFile that is not there", Refused, scene => scene.KubeConfig("tokenFile: gone")) { Says = "gone" },
        new("a path that begins with ~", Refused, scene => scene.KubeConfig("tokenFile: ~/token")) { Says = "~/token" },
        new("client certificate", "certificate certified", scene => scene.KubeConfig(Certificate(scene))),
        new("client certificate and key in files, relative", "certificate certified", scene =>
        {
            scene.Write("pki/me.crt", scene.Certificate);
            scene.Write("pki/me.key", scene.Key);
            scene.KubeConfig("client-certificate: pki/me.crt, client-key: ./pki/me.key");
        }),
        new("client certificate in a file, key in place", "certificate certified", scene =>
        {
            scene.Write("me.crt", scene.Certificate);
            scene.KubeConfig($"client-certificate: me.crt, client-key-data: {scene.KeyData}");
        }),
        new("client certificate both in a file and in place", Refused, scene =>
        {
            scene.Write("me.crt", scene.Certificate);
            scene.KubeConfig($"{Certificate(scene)}, client-certificate: me.crt");
        })
        { Says = "client-certificate-data" },
        new("client key both in a file and in place", Refused, scene =>
        {
            scene.Write("me.key", scene.Key);
            scene.KubeConfig($"{Certificate(scene)}, client-key: me.key");
        })
        { Says = "client-key-data" },
        new("client certificate without its key", Refused, scene => scene.KubeConfig($"client-certificate-data: {scene.CertificateData}"))
        { Says = "without its client-key" },
        new("client key without a certificate, and a token", "token made-up", scene =>
            scene.KubeConfig($"client-key-data: {scene.KeyData}, token: made-up")),
        new("client certificate and token", "token made-up, certificate certified", scene =>
            scene.KubeConfig($"{Certificate(scene)}, token: made-up")),
        new("client certificate and password", "Basic YWRtaW46eA==, certificate certified", scene =>
            scene.KubeConfig($"{Certificate(scene)}, username: admin, password: x"))
        {
            Differences = [new(OwnConnector.Column, "certificate certified",
                "We do not send the password, which API servers have ignored since 1.19.")],
        },
        new("token and password", Refused, scene => scene.KubeConfig("token: made-up, username: admin, password: x")) { Says = "token" },
        new("tokenFile and password", Refused, scene =>
        {
            scene.Write("token", "of-the-file");
            scene.KubeConfig("tokenFile: token, username: admin, password: x");
        })
        { Says = "token" },
        new("password", Refused, scene => scene.KubeConfig("username: admin, password: x")) { Says = "since Kubernetes 1.19" },
        new("no credentials", Refused, scene => scene.KubeConfig("")) { Says = "has no credentials" },
        new("empty strings instead of credentials", Refused, scene =>
            scene.KubeConfig("token: \"\", client-certificate-data: \"\", client-key-data: \"\", username: \"\", password: \"\""))
        { Says = "has no credentials" },
        new("empty strings beside a token", "token made-up", scene => scene.KubeConfig(
            "token: made-up, tokenFile: \"\", client-certificate: \"\", client-key: \"\", username: \"\", password: \"\", "
            + "as: \"\", as-groups: [], exec: null")),
        new("auth-provider oidc, its token still valid", $"token {IdToken}", scene =>
        {
            scene.Knows(IdToken);
            scene.KubeConfig(Oidc());
        })
        {
            Says = "kubelogin",
            Differences = [new(OwnConnector.Column, Refused,
                "Such a token ends within hours; kubectl renews it by rewriting the kubeconfig, which a service must not.")],
        },
        new("auth-provider oidc beside a token", "token made-up", scene => scene.KubeConfig($"{Oidc()}, token: made-up")),
        new("auth-provider oidc beside a client certificate", $"token {IdToken}, certificate certified", scene =>
        {
            scene.Knows(IdToken);
            scene.KubeConfig($"{Oidc()}, {Certificate(scene)}");
        })
        {
            Differences = [new(OwnConnector.Column, "certificate certified", "An API server that is shown both takes the certificate.")],
        },
        new("auth-provider gcp", Refused, scene => scene.KubeConfig("auth-provider: {name: gcp}"))
        { Says = "gke-gcloud-auth-plugin", KubectlSince = 26 },
        new("auth-provider azure", Refused, scene => scene.KubeConfig("auth-provider: {name: azure}"))
        { Says = "kubelogin convert-kubeconfig", KubectlSince = 26 },
        new("auth-provider gcp beside a token", Refused, scene => scene.KubeConfig("auth-provider: {name: gcp}, token: made-up"))
        { Says = "gke-gcloud-auth-plugin", KubectlSince = 26 },
        new("auth-provider nobody knows", Refused, scene => scene.KubeConfig("auth-provider: {name: openstack}"))
        { Says = "'openstack'", KubectlSince = 22 },
    ];

    public static string Certificate(ConnectionScene scene) =>
        $"client-certificate-data: {scene.CertificateData}, client-key-data: {scene.KeyData}";

    private static string Oidc() =>
        "auth-provider: {name: oidc, config: "
        + $"{{client-id: kubernetes, idp-issuer-url: \"https://id.example.test\", id-token: {IdToken}, refresh-token: r}}}}";
}
