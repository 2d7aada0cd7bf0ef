using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>Trusts a server whose certificate one of the configured authorities has signed, and no other: not even the system's.</summary>
internal static class ServerTrust
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    public static void Configure(SslClientAuthenticationOptions options, X509Certificate2Collection authorities)
    {
        options.CertificateChainPolicy = PolicyOf(authorities);
        if (authorities.Count > 1)
        {
            options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => errors switch
            {
                SslPolicyErrors.None => true,
                // Anything but the chain, the name above all, is final.
                SslPolicyErrors.RemoteCertificateChainErrors => certificate is X509Certificate2 server
                    && authorities.Any(authority => IsSignedBy(server, chain, authority)),
                _ => false,
            };
        }
    }

    /// <summary>
    /// While a cluster's authority is being rotated, ca.crt has two of the same name, and where the server's certificate does not say by
    /// which key it was signed, the platform tries only one of them. So each is tried alone.
    /// </summary>
    private static bool IsSignedBy(X509Certificate2 server, X509Chain? sent, X509Certificate2 authority)
    {
        using var chain = new X509Chain { ChainPolicy = PolicyOf([authority]) };
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(server);
    }

    private static X509ChainPolicy PolicyOf(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // Cluster authorities publish no revocation lists; asking would only add a way to fail.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
