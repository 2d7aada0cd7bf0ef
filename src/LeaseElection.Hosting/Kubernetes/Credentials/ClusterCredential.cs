using System.Net.Security;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>What one request proves itself with. Not a record: a record prints its members.</summary>
internal sealed class ClusterCredential(string? token, SslStreamCertificateContext? clientCertificate)
{
    public string? Token => token;

    public SslStreamCertificateContext? ClientCertificate => clientCertificate;

    public bool IsSameAs(ClusterCredential other) =>
        token == other.Token && ReferenceEquals(clientCertificate, other.ClientCertificate);
}
