using System.Security.Cryptography;
using LeaseElection.Testing.ApiServer;
using static LeaseElection.Hosting.ClusterTests.Connecting.ConnectionCase;

namespace LeaseElection.Hosting.ClusterTests.Connecting.Forms;

/// <summary>Kinds of client keys, and ways to write them.</summary>
internal static class KeyForms
{
    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        new("RSA key, PKCS #1", "certificate certified", scene => Rsa(scene, key => key.ExportRSAPrivateKeyPem())),
        new("RSA key, PKCS #8", "certificate certified", scene => Rsa(scene, key => key.ExportPkcs8PrivateKeyPem())),
        new("ECDSA key, SEC 1", "certificate certified", scene => Ecdsa(scene, key => key.ExportECPrivateKeyPem())),
        new("ECDSA key, after its parameters, as openssl writes it", "certificate certified", scene => Ecdsa(
            scene, key => $"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{key.ExportECPrivateKeyPem()}")),
        new("ECDSA key of P-384", "certificate certified", scene =>
        {
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
            Client(scene, ClientKeys.CertificateFor(key), key.ExportPkcs8PrivateKeyPem());
        }),
        new("key and certificate in one file", "certificate certified", scene =>
        {
            scene.Write("me.pem", $"Bag Attributes\n    friendlyName: me\n{scene.Key}\n{scene.Certificate}\n");
            scene.KubeConfig("client-certificate: me.pem, client-key: me.pem");
        }),
        new("certificate with others behind it", "certificate certified", scene =>
            Client(scene, $"{scene.Certificate}\n{scene.Server.Authority.Pem}", scene.Key)),
        new("Ed25519 key", "certificate certified", scene => Client(scene, ClientKeys.Ed25519Certificate, ClientKeys.Ed25519Key))
        {
            Says = "its key is of the kind Ed25519",
            Differences = [new(OwnConnector.Column, Refused, ".NET has no Ed25519.")],
        },
        new("Ed448 key", Refused, scene => Client(scene, ClientKeys.Ed448Certificate, ClientKeys.Ed448Key))
        { Says = "its key is of the kind Ed448" },
        new("encrypted key", Refused, scene => Ecdsa(scene, key => key.ExportEncryptedPkcs8PrivateKeyPem(
            "x", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000))))
        { Says = "is encrypted" },
        new("key of another certificate", Refused, scene => Ecdsa(scene, _ => scene.Key)) { Says = "belongs to another certificate" },
        new("no key where the key should be", Refused, scene => Ecdsa(scene, _ => scene.Certificate)) { Says = "must be in PEM form" },
        new("no certificate where the certificate should be", Refused, scene => Client(scene, scene.Key, scene.Key))
        { Says = "client's certificate in PEM form" },
    ];

    private static void Rsa(ConnectionScene scene, Func<RSA, string> write)
    {
        using var key = RSA.Create(2048);
        Client(scene, ClientKeys.CertificateFor(key), write(key));
    }

    private static void Ecdsa(ConnectionScene scene, Func<ECDsa, string> write)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Client(scene, ClientKeys.CertificateFor(key), write(key));
    }

    private static void Client(ConnectionScene scene, string certificate, string key) => scene.KubeConfig(
        $"client-certificate-data: {ConnectionScene.Base64(certificate)}, client-key-data: {ConnectionScene.Base64(key)}");
}
