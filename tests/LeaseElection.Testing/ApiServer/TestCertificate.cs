using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Testing.ApiServer;

/// <summary>A certificate with its key, of whatever shape a test wants. Days count from now.</summary>
internal sealed class TestCertificate : IDisposable
{
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly AsymmetricAlgorithm _key;

    private TestCertificate(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        _key = key;
        Public = certificate;
        Certificate = key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);
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
    /// <param name="sha1">Whether it is signed over SHA-1; by a key that is not RSA's.</param>
    /// <param name="rsaBits">The length of its RSA key; 0: it has another.</param>
    /// <param name="usage">What it is for; <see langword="null"/>: for anything.</param>
    public static TestCertificate Authority(
        string name, TestCertificate? signer = null, int from = -1, int to = 30, bool withKeyId = true, TestCertificate? keyIdOf = null,
        TestCertificate? keyOf = null, bool forged = false, int? pathLength = null, bool sha1 = false, int rsaBits = 0,
        string? usage = null)
    {
        CertificateRequest request = rsaBits > 0
            ? RsaRequest(name, rsaBits, out AsymmetricAlgorithm key)
            : Request(name, (ECDsa?)keyOf?._key, out key);
        if (usage is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: pathLength is not null, pathLengthConstraint: pathLength ?? 0,
            critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        if (withKeyId)
            request.CertificateExtensions.Add(
                new X509SubjectKeyIdentifierExtension(keyIdOf?.Public.PublicKey ?? request.PublicKey, critical: false));
        return Sign(request, key, signer, from, to, withKeyId, forged, sha1);
    }

    public static TestCertificate Server(
        string name, TestCertificate? signer = null, int from = -1, int to = 30, bool withKeyId = true,
        string? usage = ServerAuthentication,
        bool sha1 = false) =>
        Server([name], signer, "kube-apiserver", from, to, withKeyId, usage, sha1);

    /// <param name="names">Alternative names, addresses among them.</param>
    /// <param name="signer">Itself if not given.</param>
    /// <param name="commonName">Its common name.</param>
    /// <param name="from">Valid from.</param>
    /// <param name="to">Valid to.</param>
    /// <param name="withKeyId">Whether it says by which key it was signed.</param>
    /// <param name="usage">What it is for; <see langword="null"/>: for anything.</param>
    /// <param name="sha1">Whether it is signed over SHA-1; by a key that is not RSA's.</param>
    /// <param name="download">Where its signer's certificate can be had.</param>
    public static TestCertificate Server(
        string[] names, TestCertificate? signer, string commonName, int from = -1, int to = 30, bool withKeyId = true,
        string? usage = ServerAuthentication, bool sha1 = false, string? download = null)
    {
        CertificateRequest request = Request(commonName, null, out AsymmetricAlgorithm key);
        if (download is not null)
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(ocspUris: null, caIssuersUris: [download]));
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
        return Sign(request, key, signer, from, to, withKeyId, forged: false, sha1);
    }

    public void Dispose()
    {
        Certificate.Dispose();
        Public.Dispose();
        _key.Dispose();
    }

    private static CertificateRequest Request(string commonName, ECDsa? keyOf, out AsymmetricAlgorithm key)
    {
        ECDsa own = keyOf is null
            ? ECDsa.Create(ECCurve.NamedCurves.nistP256)
            : ECDsa.Create(keyOf.ExportParameters(includePrivateParameters: true));
        key = own;
        return new CertificateRequest($"CN={commonName}", own, HashAlgorithmName.SHA256);
    }

    private static CertificateRequest RsaRequest(string commonName, int bits, out AsymmetricAlgorithm key)
    {
        var own = RSA.Create(bits);
        key = own;
        return new CertificateRequest($"CN={commonName}", own, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static TestCertificate Sign(
        CertificateRequest request, AsymmetricAlgorithm key, TestCertificate? signer, int from, int to, bool withKeyId, bool forged,
        bool sha1)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        if (signer is not null && withKeyId
            && signer.Public.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } keyId)
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(keyId));
        X509SignatureGenerator signature = Generator(forged || signer is null ? key : signer._key, sha1);
        X500DistinguishedName issuer = signer?.Public.SubjectName ?? request.SubjectName;
        return new TestCertificate(
            request.Create(issuer, signature, now.AddDays(from), now.AddDays(to), RandomNumberGenerator.GetBytes(8)), key);
    }

    private static X509SignatureGenerator Generator(AsymmetricAlgorithm key, bool sha1) => key switch
    {
        RSA rsa => X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1),
        _ when sha1 => new Sha1SignatureGenerator((ECDsa)key),
        _ => X509SignatureGenerator.CreateForECDsa((ECDsa)key),
    };
}
