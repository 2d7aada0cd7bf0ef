using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Testing.ApiServer;

/// <summary>
/// Client certificates of <c>certified</c> that sign themselves, with keys of every kind; those that .NET cannot make were made by openssl,
/// once and for this.
/// </summary>
internal static class ClientKeys
{
    public const string Ed25519Certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBdDCCASagAwIBAgIUCToiH5kNGBWIvPRB11l8iAn07NwwBQYDK2VwMCQxDjAM
        BgNVBAoMBXN0YWZmMRIwEAYDVQQDDAljZXJ0aWZpZWQwIBcNMjYxMTI3MjMzMDQ4
        WhgPMjEyNjExMDMyMzMwNDhaMCQxDjAMBgNVBAoMBXN0YWZmMRIwEAYDVQQDDAlj
        ZXJ0aWZpZWQwKjAFBgMrZXADIQC8VuhPfQHJ7QcJu+oFRCt//otE8+YmNOoLvHRe
        KDSCgqNoMGYwHQYDVR0OBBYEFJvioH1Z7gxy0xmhtPTXSgUxsF+dMB8GA1UdIwQY
        MBaAFJvioH1Z7gxy0xmhtPTXSgUxsF+dMA8GA1UdEwEB/wQFMAMBAf8wEwYDVR0l
        BAwwCgYIKwYBBQUHAwIwBQYDK2VwA0EAVWk5hOjD9ruZQWwHksun3AMtJeOUdKKF
        sLZ5pZPHpvjS8aFJ1avx5h81/GpqY+DFjQ1x7i4Y92ILDMZoPJmHDg==
        -----END CERTIFICATE-----
        """;

    public const string Ed25519Key = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIOt1KqSBfkts24kgwwWKoh64MORkNyss6N4oubHopkfs
        -----END PRIVATE KEY-----
        """;

    public const string Ed448Certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBvzCCAT+gAwIBAgIUdgIQi65eMIT5vHqTYg5OSpclc9EwBQYDK2VxMCQxDjAM
        BgNVBAoMBXN0YWZmMRIwEAYDVQQDDAljZXJ0aWZpZWQwIBcNMjYxMTI3MjMzMDQ4
        WhgPMjEyNjExMDMyMzMwNDhaMCQxDjAMBgNVBAoMBXN0YWZmMRIwEAYDVQQDDAlj
        ZXJ0aWZpZWQwQzAFBgMrZXEDOgB4xzkBI5Eq8DE1ZGx1yZaKYJ3tnMWBZOIqU1n0
        /Fcg6GswOV+yNdbaxc+OKD4UwfVw1qKqZeVd0gCjaDBmMB0GA1UdDgQWBBTg/Uoe
        dFBTefauhhPiHE7cpCFOuzAfBgNVHSMEGDAWgBTg/UoedFBTefauhhPiHE7cpCFO
        uzAPBgNVHRMBAf8EBTADAQH/MBMGA1UdJQQMMAoGCCsGAQUFBwMCMAUGAytlcQNz
        AHPqKNFKAbcgomnltC3eC0NeFLxfYdaTLUyQKSWbiLOXoCxWQxq4cuZSRzG4Y1SB
        +qVVsCOeNh6bAP/LVx95I0jPJQb+9pLbkYtRj1lpBTeuVWU7RJF4xJ/8WE022eS/
        vsnKwS3yYOWVm/hQ57nIj/oDAA==
        -----END CERTIFICATE-----
        """;

    public const string Ed448Key = """
        -----BEGIN PRIVATE KEY-----
        MEcCAQAwBQYDK2VxBDsEOQFRIci1wtWBOnrCBHyqa1WDTqVR41JgM0qmK1VeFTev
        RgdILZjOpHDU072/Awew6/I8Wrpj/JTiGA==
        -----END PRIVATE KEY-----
        """;

    public static string CertificateFor(RSA key) =>
        SelfSigned(new CertificateRequest("CN=certified", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string CertificateFor(ECDsa key) => SelfSigned(new CertificateRequest("CN=certified", key, HashAlgorithmName.SHA256));

    private static string SelfSigned(CertificateRequest request)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        return certificate.ExportCertificatePem();
    }
}
