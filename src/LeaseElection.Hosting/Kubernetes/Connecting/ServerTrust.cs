using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// Whom we take for the API server, by the rules of Go, which kubectl goes by: its certificate bears the name that was asked for, as an
/// alternative name, and an authority that was named has signed it, directly or by others between them, or it is named itself. Where any
/// authority is named, those of the system do not count.
/// </summary>
internal static class ServerTrust
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string AnyUsage = "2.5.29.37.0";

    /// <param name="options">Those of the connection.</param>
    /// <param name="authorities">The only certificates that vouch for a server; <see langword="null"/>: those of the system.</param>
    public static void Configure(SslClientAuthenticationOptions options, X509Certificate2Collection? authorities)
    {
        options.CertificateChainPolicy = PolicyOf(authorities);
        options.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            string name = ((SslStream)sender).TargetHostName;
            // Thrown and not just refused: whoever reads the log at night is to learn why.
            string? why = Refusal(certificate as X509Certificate2, name, chain, errors, authorities);
            return why is null ? true : throw new UntrustedServerException(why);
        };
    }

    /// <returns><see langword="null"/> if the server is trusted.</returns>
    public static string? Refusal(
        X509Certificate2? server, string name, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection? authorities)
    {
        if (server is null || chain is null)
            return "it has no certificate.";
        // .NET itself would take the common name where there are no alternative names; nobody else does any more.
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) || !server.MatchesHostname(name, allowCommonName: false))
        {
            return $"its certificate is for {NamesOf(server)}, and not for {name}. Correct the address, or say which name it bears "
                + "(tls-server-name in a kubeconfig).";
        }
        string? weakness = WeaknessOf(chain, authorities);
        if (weakness is null && !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            return null;
        // Each alone. While an authority is rotated, ca.crt has two of the same name, and the platform tries only one of them where the
        // server's certificate does not say by which key it was signed. And it wants a root in the end, which an operator need not have
        // named.
        if (authorities?.Any(authority => Vouches(authority, server, chain.ChainPolicy.ExtraStore)) is true)
            return null;
        return weakness ?? OutOfTime(chain) ?? Unknown(server, chain);
    }

    public static X509ChainPolicy PolicyOf(X509Certificate2Collection? authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = authorities is null ? X509ChainTrustMode.System : X509ChainTrustMode.CustomRootTrust,
            // Cluster authorities publish no revocation lists; asking would only add a way to fail.
            RevocationMode = X509RevocationMode.NoCheck,
            // Nor is an intermediate fetched that the server did not send, from wherever an unknown certificate says while a term runs out.
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities ?? []);
        return policy;
    }

    /// <summary>Who reads that an authority has run out looks at its dates, and not at the server's, or who it is.</summary>
    private static string? OutOfTime(X509Chain chain)
    {
        X509Certificate2? first = chain.ChainElements.FirstOrDefault(element => Array.Exists(
            element.ChainElementStatus, fault => fault.Status == X509ChainStatusFlags.NotTimeValid))?.Certificate;
        return first is null || Array.Exists(chain.ChainStatus, fault => fault.Status != X509ChainStatusFlags.NotTimeValid)
            ? null
            : $"the certificate '{first.Subject}' is not trusted (NotTimeValid): it is valid from {first.NotBefore.ToUniversalTime():u} to "
                + $"{first.NotAfter.ToUniversalTime():u}, and by this machine's clock it is {TimeProvider.System.GetUtcNow():u}. Renew it, "
                + "or set the clock.";
    }

    private static string Unknown(X509Certificate2 server, X509Chain chain) =>
        $"its certificate is not trusted ({string.Join(", ", chain.ChainStatus.Select(fault => fault.Status))}): '{server.Subject}', "
        + $"issued by '{server.Issuer}', valid from {server.NotBefore.ToUniversalTime():u} to {server.NotAfter.ToUniversalTime():u}. Check "
        + "that the certificate authority is the cluster's (where this connection has it from: Kubernetes:CertificateAuthorityFile, "
        + "certificate-authority in a kubeconfig, ca.crt in a pod, or what the app itself gives).";

    /// <summary>Of the first that has one, from the server's up to the first that is trusted by itself.</summary>
    private static string? WeaknessOf(X509Chain chain, X509Certificate2Collection? authorities)
    {
        foreach (X509ChainElement element in chain.ChainElements)
        {
            bool isAnchor = element == chain.ChainElements[^1]
                || authorities?.Any(authority => AreSame(authority, element.Certificate)) is true;
            string? fault = CertificateStrength.FaultOf(element.Certificate, isAnchor);
            if (isAnchor || fault is not null)
                return fault;
        }
        return null;
    }

    /// <summary>
    /// Whether there is a chain without a fault from the server's certificate up to the authority's, root or not. What is above that one
    /// does not matter: it was named.
    /// </summary>
    private static bool Vouches(X509Certificate2 authority, X509Certificate2 server, X509Certificate2Collection sent)
    {
        // OpenSSL does not look at the time of what a chain ends with, unless it is a root.
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        if (now < authority.NotBefore.ToUniversalTime() || now > authority.NotAfter.ToUniversalTime())
            return false;

        using var chain = new X509Chain { ChainPolicy = PolicyOf([authority]) };
        // Another of the same name (a cross-signed one) could lead past the authority.
        foreach (X509Certificate2 other in sent.Where(other => !other.SubjectName.RawData.SequenceEqual(authority.SubjectName.RawData)))
            chain.ChainPolicy.ExtraStore.Add(other);
        chain.Build(server); // Its answer is about a root.

        foreach (X509ChainElement element in chain.ChainElements)
        {
            bool isNamed = AreSame(element.Certificate, authority);
            X509ChainStatusFlags faults = element.ChainElementStatus.Aggregate(
                X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
            if (isNamed)
                faults &= ~(X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot);
            bool isGood = faults == X509ChainStatusFlags.NoError && MayBeServers(element.Certificate)
                && CertificateStrength.FaultOf(element.Certificate, isNamed) is null;
            if (isNamed || !isGood)
                return isGood;
        }
        return false;
    }

    /// <summary>
    /// Whether it says nothing of what it is for, or that it is for servers, or for anything; an authority too: what it signs is for no
    /// more. Asked for by the chain's policy, .NET would refuse the one that is for anything.
    /// </summary>
    private static bool MayBeServers(X509Certificate2 certificate) => certificate.Extensions
        .OfType<X509EnhancedKeyUsageExtension>()
        .All(extension => extension.EnhancedKeyUsages.OfType<Oid>().Any(usage => usage.Value is ServerAuthentication or AnyUsage));

    private static bool AreSame(X509Certificate2 one, X509Certificate2 other) =>
        one.RawDataMemory.Span.SequenceEqual(other.RawDataMemory.Span);

    private static string NamesOf(X509Certificate2 server)
    {
        string[] names =
        [
            .. server.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(
                extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString()))),
        ];
        return names.Length > 0 ? string.Join(", ", names) : "no alternative name at all (its common name does not count)";
    }
}
