using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>Joins a client's certificate and its private key, and says by name what .NET cannot do of what Go can.</summary>
internal static class ClientCertificateText
{
    /// <exception cref="FormatException">They cannot be used. The message never repeats a text.</exception>
    public static X509Certificate2 Parse(string certificate, string key)
    {
        CheckAlgorithm(certificate);
        // "ENCRYPTED PRIVATE KEY", or a header "Proc-Type: 4,ENCRYPTED" within "RSA PRIVATE KEY".
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new FormatException(
                "its private key is encrypted, and a service has nobody to ask for the passphrase. "
                + "Write it unencrypted: openssl pkey -in KEY -out KEY.");
        }
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw new FormatException("its private key must be in PEM form (-----BEGIN PRIVATE KEY-----).");
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new FormatException("its private key belongs to another certificate, or is damaged.", e);
        }
    }

    private static void CheckAlgorithm(string certificate)
    {
        using var alone = X509Certificate2.CreateFromPem(certificate);
        string? unusable = alone.GetKeyAlgorithm() switch
        {
            "1.2.840.113549.1.1.1" or "1.2.840.10045.2.1" => null, // RSA, ECDSA
            "1.3.101.112" => "Ed25519",
            "1.3.101.113" => "Ed448",
            "1.2.840.10040.4.1" => "DSA",
            "1.2.840.113549.1.1.10" => "RSASSA-PSS",
            var other => other,
        };
        if (unusable is not null)
        {
            throw new FormatException(
                $"its key is of the kind {unusable}, which .NET cannot log in with. "
                + "Have a client certificate issued for an ECDSA (P-256) or RSA key.");
        }
    }
}
