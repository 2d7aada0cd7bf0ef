using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.Connecting.Forms;

/// <summary>What a company's PKI gives as the certificate authority, and what a server shows of its own.</summary>
internal static class TrustForms
{
    private const string Trusted = "token made-up";
    private const string Unsigned = "is not trusted";

    private static readonly TestCertificate Root = TestCertificate.Authority("root");
    private static readonly TestCertificate Intermediate = TestCertificate.Authority("intermediate", Root);
    private static readonly TestCertificate Server =
        TestCertificate.Server([.. CertificateAuthority.ServerNames], Intermediate, "kube-apiserver");
    private static readonly TestCertificate WrongName = TestCertificate.Server("api.example.test", Intermediate);
    private static readonly TestCertificate Other = TestCertificate.Authority("other");
    private static readonly TestCertificate Forged = TestCertificate.Authority("intermediate", Root, keyIdOf: Intermediate, forged: true);

    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        Row("authority: the root", Trusted, [Root]),
        Row("authority: the issuing intermediate only", Trusted, [Intermediate]),
        Row("authority: the issuing intermediate only, which the server does not send", Trusted, [Intermediate], Server, []),
        Row("authority: the server's own certificate", Trusted, [Server]),
        Row("authority: among others", Trusted, [Other, Forged, Intermediate]),
        Row("authority: the root, intermediate not sent", ConnectionCase.Refused, [Root], Server, [], Unsigned),
        Row("authority: another one", ConnectionCase.Refused, [Other], why: Unsigned),
        Row("authority: the intermediate, server signed by one that only looks like it", ConnectionCase.Refused, [Intermediate],
            TestCertificate.Server([.. CertificateAuthority.ServerNames], Forged, "kube-apiserver"), [Forged], Unsigned),
        Row("authority: the intermediate, server of another name", ConnectionCase.Refused, [Intermediate],
            TestCertificate.Server("api.example.test", Intermediate), [], "its certificate is for api.example.test, and not for 127.0.0.1"),
        Row("authority: the server's own certificate, for another name", ConnectionCase.Refused, [WrongName],
            WrongName, [], "its certificate is for api.example.test, and not for 127.0.0.1"),
        Row("authority: the intermediate, server with a common name only", ConnectionCase.Refused, [Intermediate],
            TestCertificate.Server([], Intermediate, "127.0.0.1"), [], "its common name does not count"),
        Row("authority: the intermediate, server's certificate expired", ConnectionCase.Refused, [Intermediate],
            TestCertificate.Server([.. CertificateAuthority.ServerNames], Intermediate, "kube-apiserver", from: -20, to: -10), [],
            "NotTimeValid"),
        Row("authority: the intermediate, server shows a client's certificate", ConnectionCase.Refused, [Intermediate],
            TestCertificate.Server(
                [.. CertificateAuthority.ServerNames], Intermediate, "kube-apiserver", usage: TestCertificate.ClientAuthentication),
            [], "NotValidForUsage"),
        new("authority: a bundle with a broken block", Trusted, scene => scene.KubeConfig("token: made-up", scene.ClusterTrusting(
            Other.Pem, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", scene.Server.Authority.Pem))),
        new("authority: no certificate in it", ConnectionCase.Refused, scene => scene.KubeConfig("token: made-up", scene.ClusterTrusting(
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"))) { Says = "certificate-authority" },
        new("no authority, and the system knows none of them", ConnectionCase.Refused, scene =>
            scene.KubeConfig("token: made-up", $"server: \"https://127.0.0.1:{scene.Server.Url.Port}\"")) { Says = Unsigned },
    ];

    private static ConnectionCase Row(
        string form, string expected, TestCertificate[] authorities, TestCertificate? server = null, TestCertificate[]? sent = null,
        string? why = null) =>
        new(form, expected, scene =>
        {
            scene.Server.Present(server ?? Server, sent ?? [Intermediate]);
            scene.KubeConfig("token: made-up", scene.ClusterTrusting([.. authorities.Select(authority => authority.Pem)]));
        })
        {
            Says = why,
        };
}
