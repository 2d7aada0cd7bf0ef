using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Testing.ApiServer;

/// <summary>A certificate with its key, of whatever shape a test wants. Days count from now.</summary>
internal sealed class TestCertificate : IDisposable
{
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly ECDsa _key;

    private TestCertificate(X509Certificate2 certificate, ECDsa key)
    {
        _key = key;
        Public = certificate;
        Certificate = certificate.CopyWithPrivateKey(key);
    }

    /// <summary>With its key.</summary>
    public X509Certificate2 Certificate { get; }

    public X509Certificate2 Public { get; }

    public string Pem => Public.ExportCertificatePem();

    /// <param name="name">Its common name.</param>
    /// <param name="signer">Itself if not given.</param>
    /// <param name="from">Valid from.</param>
    /// <param name="to">Valid to.</param>
    /// <param name="withKeyId">Whether it says by which key it was signed, and which is its own.</param>
    /// <param name="keyIdOf">Whose key it pretends to have.</param>
    /// <param name="keyOf">Whose key it has.</param>
    /// <param name="forged">Whether not the signer has signed it, but its own key.</param>
    /// <param name="pathLength">How many authorities there may be below it.</param>
    public static TestCertificate Authority(
        string name, TestCertificate? signer = null, int from = -1, int to = 30, bool withKeyId = true, TestCertificate? keyIdOf = null,
        TestCertificate? keyOf = null, bool forged = false, int? pathLength = null)
    {
        CertificateRequest request = Request(name, keyOf?._key, out ECDsa key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: pathLength is not null, pathLengthConstraint: pathLength ?? 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        if (withKeyId)
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(keyIdOf?.Public.PublicKey ?? request.PublicKey, critical: false));
        return Sign(request, key, signer, from, to, withKeyId, forged);
    }

    public static TestCertificate Server(
        string name, TestCertificate? signer = null, int from = -1, int to = 30, bool withKeyId = true, string? usage = ServerAuthentication) =>
        Server([name], signer, "kube-apiserver", from, to, withKeyId, usage);

    /// <param name="names">Alternative names, addresses among them.</param>
    /// <param name="signer">Itself if not given.</param>
    /// <param name="commonName">Its common name.</param>
    /// <param name="from">Valid from.</param>
    /// <param name="to">Valid to.</param>
    /// <param name="withKeyId">Whether it says by which key it was signed.</param>
    /// <param name="usage">What it is for; <see langword="null"/>: for anything.</param>
    public static TestCertificate Server(
        string[] names, TestCertificate? signer, string commonName, int from = -1, int to = 30, bool withKeyId = true,
        string? usage = ServerAuthentication)
    {
        CertificateRequest request = Request(commonName, null, out ECDsa key);
        if (usage is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        if (names.Length > 0)
        {
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (string name in names)
            {
                if (IPAddress.TryParse(name, out IPAddress? address))
                    alternatives.AddIpAddress(address);
                else
                    alternatives.AddDnsName(name);
            }
            request.CertificateExtensions.Add(alternatives.Build());
        }
        return Sign(request, key, signer, from, to, withKeyId, forged: false);
    }

    public void Dispose()
    {
        Certificate.Dispose();
        Public.Dispose();
        _key.Dispose();
    }

    private static CertificateRequest Request(string commonName, ECDsa? keyOf, out ECDsa key)
    {
        key = keyOf is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : ECDsa.Create(keyOf.ExportParameters(includePrivateParameters: true));
        return new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
    }

    private static TestCertificate Sign(
        CertificateRequest request, ECDsa key, TestCertificate? signer, int from, int to, bool withKeyId, bool forged)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        if (signer is not null && withKeyId && signer.Public.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } keyId)
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(keyId));
        X509SignatureGenerator signature = X509SignatureGenerator.CreateForECDsa(forged || signer is null ? key : signer._key);
        X500DistinguishedName issuer = signer?.Public.SubjectName ?? request.SubjectName;
        return new TestCertificate(
            request.Create(issuer, signature, now.AddDays(from), now.AddDays(to), RandomNumberGenerator.GetBytes(8)), key);
    }
}
