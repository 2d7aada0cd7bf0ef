using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// A handler, of sockets unless a test has another, and the certificates it was made with: once those change, it is to be replaced.
/// Disposing cuts its connections.
/// </summary>
internal sealed class ApiServerChannel(
    HttpMessageHandler handler, X509Certificate2Collection? authorities, SslStreamCertificateContext? clientCertificate,
    TimeProvider timeProvider) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(handler);
    private long _lastUse = timeProvider.GetTimestamp();

    /// <summary>How long ago a request was begun, or the channel made.</summary>
    public TimeSpan Idle => timeProvider.GetElapsedTime(Volatile.Read(ref _lastUse));

    public bool IsMadeWith(X509Certificate2Collection? wantedAuthorities, SslStreamCertificateContext? wantedCertificate) =>
        ReferenceEquals(authorities, wantedAuthorities) && ReferenceEquals(clientCertificate, wantedCertificate);

    /// <summary>Returns as soon as the headers are there; the body is still to come.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _lastUse, timeProvider.GetTimestamp());
        return _invoker.SendAsync(request, cancellationToken);
    }

    public void Dispose() => _invoker.Dispose();
}
