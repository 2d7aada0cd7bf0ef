using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// Whether certificates are the same to the last byte. <see cref="X509Certificate.Equals(X509Certificate)"/> looks at issuer and serial
/// number only, and kubeadm has given each authority the name <c>kubernetes</c> and the number 0: a rotated one would never be taken.
/// </summary>
internal static class GivenCertificates
{
    public static bool AreSame(X509Certificate2Collection? one, X509Certificate2Collection? other) =>
        one is null || other is null ? one == other : AreSameBytes([.. one], [.. other]);

    public static bool AreSame(SslStreamCertificateContext? one, SslStreamCertificateContext? other) =>
        one is null || other is null
            ? one == other
            : AreSameBytes(All(one), All(other));

    private static X509Certificate2[] All(SslStreamCertificateContext context) =>
        [context.TargetCertificate, .. context.IntermediateCertificates];

    private static bool AreSameBytes(X509Certificate2[] one, X509Certificate2[] other) =>
        one.Length == other.Length
        && one.Zip(other).All(pair => pair.First.RawDataMemory.Span.SequenceEqual(pair.Second.RawDataMemory.Span));
}
