namespace LeaseElection.Hosting.ClusterTests.Connecting.Forms;

/// <summary>The ways a kubeconfig's user logs in, alone and together.</summary>
internal static class UserForms
{
    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        new("token", "token made-up", scene => scene.KubeConfig("token: made-up")),
        new("token, namespace of the context", "token made-up, in shop", scene => scene.KubeConfig("token: made-up", context: "namespace: shop")),
        new("client certificate", "certificate certified", scene =>
            scene.KubeConfig($"client-certificate-data: {scene.CertificateData}, client-key-data: {scene.KeyData}")),
        new("no credentials", ConnectionCase.Refused, scene => scene.KubeConfig("")) { Says = "has no credentials" },
    ];
}
