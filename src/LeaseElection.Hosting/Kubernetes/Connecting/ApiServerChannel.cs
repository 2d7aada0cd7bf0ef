using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// A socket handler and the certificates it was made with: once those change, it is to be replaced. Disposing cuts its connections.
/// </summary>
internal sealed class ApiServerChannel(
    SocketsHttpHandler handler, X509Certificate2Collection? authorities, SslStreamCertificateContext? clientCertificate) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(handler);

    public bool IsMadeWith(X509Certificate2Collection? wantedAuthorities, SslStreamCertificateContext? wantedCertificate) =>
        ReferenceEquals(authorities, wantedAuthorities) && ReferenceEquals(clientCertificate, wantedCertificate);

    /// <summary>Returns as soon as the headers are there; the body is still to come.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _invoker.SendAsync(request, cancellationToken);

    public void Dispose() => _invoker.Dispose();
}
