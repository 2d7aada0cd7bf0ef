using System.Net.Http.Headers;
using System.Net.Security;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>What one request proves itself with. Not a record: a record prints its members.</summary>
internal sealed class ClusterCredential(string? token, SslStreamCertificateContext? clientCertificate)
{
    public string? Token => token;

    /// <summary>The header for <see cref="Token"/>, put together once for the many requests that it goes with.</summary>
    public string? Bearer { get; } = token is null ? null : $"Bearer {token}";

    public SslStreamCertificateContext? ClientCertificate => clientCertificate;

    /// <summary>The whole header, where the app gives it; then there is no <see cref="Token"/>.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    public bool IsSameAs(ClusterCredential other) =>
        token == other.Token && Equals(Authorization, other.Authorization) && ReferenceEquals(clientCertificate, other.ClientCertificate);
}
