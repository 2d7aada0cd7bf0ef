using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// Which signatures and keys vouch for anybody, by the rules of Go. .NET asks OpenSSL for a chain only, which minds none of them: whoever
/// makes two certificates of one SHA-1 sum, or finds the factors of a short key, would be our API server.
/// </summary>
internal static class CertificateStrength
{
    private const int ShortestRsa = 1024;

    /// <summary>Those that Go verifies: RSA, RSA-PSS and ECDSA over SHA-2, and Ed25519.</summary>
    private static readonly string[] Signatures =
    [
        "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13",
        "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4", "1.3.101.112",
    ];

    /// <param name="certificate">One of a chain.</param>
    /// <param name="isAnchor">It is trusted by itself: who has signed it does not matter, but by its key others are trusted.</param>
    /// <returns>What is wrong with it; <see langword="null"/>: nothing.</returns>
    public static string? FaultOf(X509Certificate2 certificate, bool isAnchor)
    {
        using RSA? rsa = certificate.GetRSAPublicKey();
        if (rsa?.KeySize < ShortestRsa)
            return $"the certificate '{certificate.Subject}' has an RSA key of {rsa.KeySize} bits, and must have {ShortestRsa} at least.";
        Oid signature = certificate.SignatureAlgorithm;
        return isAnchor || Signatures.Contains(signature.Value)
            ? null
            : $"the certificate '{certificate.Subject}' is signed with {signature.FriendlyName ?? signature.Value}, which is not trusted "
                + "any more, and must be signed with SHA-256 or better.";
    }
}
