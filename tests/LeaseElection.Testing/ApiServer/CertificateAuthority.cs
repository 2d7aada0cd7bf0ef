using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Testing.ApiServer;

/// <summary>Signs the API server's certificate and those of clients, so that tests verify TLS instead of disabling it.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // A day back: a test may put the wall clock of what it tests into the past.
    private readonly DateTimeOffset _notBefore = TimeProvider.System.GetUtcNow().AddDays(-1);
    private readonly DateTimeOffset _notAfter = TimeProvider.System.GetUtcNow().AddDays(30);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public CertificateAuthority()
    {
        var request = new CertificateRequest("CN=LeaseElection.Testing", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _certificate = request.CreateSelfSigned(_notBefore, _notAfter);
        Pem = _certificate.ExportCertificatePem();
    }

    /// <summary>What a server's certificate is for: this machine in all its spellings, and a name that only a proxy can resolve.</summary>
    public static IReadOnlyList<string> ServerNames { get; } = ["localhost", "127.0.0.1", "::1", "0.0.0.0", "::", "api.example.test"];

    public string Pem { get; }

    /// <summary>For a server that listens at loopback addresses, and at others if any are named.</summary>
    public (string CertificatePem, string KeyPem) IssueForServer(params IEnumerable<IPAddress> others)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (string name in ServerNames.Concat(others.Select(address => address.ToString())).Distinct())
        {
            if (IPAddress.TryParse(name, out IPAddress? address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(name);
        }

        return Issue(NameOf("kube-apiserver"), ServerAuthentication, names.Build());
    }

    /// <summary>The API server takes the user's name from CN and its groups from O.</summary>
    public (string CertificatePem, string KeyPem) IssueForClient(string userName, IEnumerable<string> groups) =>
        Issue(NameOf(userName, groups), ClientAuthentication);

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private static X500DistinguishedName NameOf(string commonName, IEnumerable<string>? organizations = null)
    {
        var name = new X500DistinguishedNameBuilder();
        foreach (var organization in organizations ?? [])
        {
            name.AddOrganizationName(organization);
        }

        name.AddCommonName(commonName);
        return name.Build();
    }

    private (string CertificatePem, string KeyPem) Issue(
        X500DistinguishedName subject, string usage, params X509Extension[] extensions)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        using var certificate = request.Create(_certificate, _notBefore, _notAfter, RandomNumberGenerator.GetBytes(8));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
