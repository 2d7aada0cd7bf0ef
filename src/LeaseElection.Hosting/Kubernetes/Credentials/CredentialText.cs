using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>
/// Turns the texts of credential files into what a request needs. Throws <see cref="FormatException"/> or
/// <see cref="CryptographicException"/> with a message that never repeats the text.
/// </summary>
internal static class CredentialText
{
    public static string ParseToken(IReadOnlyList<string> texts)
    {
        string token = texts[0].Trim();
        if (token.Length == 0)
            throw new FormatException("it is empty, but must hold a bearer token.");
        // Anything else would break the Authorization header, and the error of that would show the header.
        return token.All(c => c is > ' ' and < '\x7f')
            ? token
            : throw new FormatException(
                "it must hold one bearer token and nothing else: it has spaces, line breaks or non-ASCII characters.");
    }

    /// <summary>Bundles that were put together by hand have blocks that are none: one certificate is enough, as for kubectl.</summary>
    public static X509Certificate2Collection ParseAuthorities(IReadOnlyList<string> texts)
    {
        var authorities = new X509Certificate2Collection();
        ReadOnlySpan<char> rest = texts[0];
        while (PemEncoding.TryFind(rest, out PemFields block))
        {
            if (rest[block.Label] is "CERTIFICATE")
                AddAuthority(authorities, rest[block.Location]);
            rest = rest[block.Location.End..];
        }
        return authorities.Count > 0
            ? authorities
            : throw new FormatException("it must hold at least one certificate in PEM form (-----BEGIN CERTIFICATE-----).");
    }

    private static void AddAuthority(X509Certificate2Collection authorities, ReadOnlySpan<char> block)
    {
        try
        {
            authorities.ImportFromPem(block);
        }
        catch (CryptographicException)
        {
            // Trusts nobody.
        }
    }

    /// <summary>The first certificate is the client's, the rest of the file its intermediates, which are sent along.</summary>
    public static SslStreamCertificateContext ParseClientCertificate(IReadOnlyList<string> texts)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(texts[0]);
        if (chain.Count == 0)
            throw new FormatException("it must hold the client's certificate in PEM form (-----BEGIN CERTIFICATE-----).");
        chain[0].Dispose();
        chain.RemoveAt(0);

        X509Certificate2 certificate = ClientCertificateText.Parse(texts[0], texts[1]);
        if (OperatingSystem.IsWindows())
        {
            // Schannel cannot use a key that exists in memory only (dotnet/runtime#23749).
            using X509Certificate2 inMemory = certificate;
            certificate = X509CertificateLoader.LoadPkcs12(inMemory.Export(X509ContentType.Pkcs12), password: null);
        }
        // Offline: a renewal must not wait for a download of somebody's intermediate.
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }
}
