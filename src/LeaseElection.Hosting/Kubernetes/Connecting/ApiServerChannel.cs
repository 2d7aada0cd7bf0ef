using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// A handler, of sockets unless a test has another, and the certificates it was made with: once those change, it is to be replaced.
/// Disposing leaves what is being sent or answered to its end, but a request that still waits for a socket would wait in vain; so a
/// channel that others may be using is retired, and disposed of by the last of them.
/// </summary>
internal sealed class ApiServerChannel(
    HttpMessageHandler handler, X509Certificate2Collection? authorities, SslStreamCertificateContext? clientCertificate,
    TimeProvider timeProvider) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(handler);
    private readonly Lock _lock = new();
    private readonly long _made = timeProvider.GetTimestamp();
    private long _lastUse = timeProvider.GetTimestamp();
    private long _lastAnswer = long.MinValue;
    private int _requests;
    private bool _retired;

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

    /// <summary>A request was answered.</summary>
    public void Answered() => Volatile.Write(ref _lastAnswer, timeProvider.GetTimestamp());

    /// <summary>
    /// Whether it is new, and others were answered since a request was begun that came to nothing: then what is wrong is not that sockets
    /// have died silently.
    /// </summary>
    /// <param name="begun">When the request was, a time stamp.</param>
    /// <param name="young">How long a channel counts as just made.</param>
    public bool Works(long begun, TimeSpan young) =>
        Volatile.Read(ref _lastAnswer) > begun && timeProvider.GetElapsedTime(_made) < young;

    /// <summary>One request more, which ends with <see cref="End"/> when its answer has been read. Not after it was retired.</summary>
    public ApiServerChannel Begin()
    {
        lock (_lock)
            _requests++;
        return this;
    }

    public void End()
    {
        lock (_lock)
        {
            if (--_requests > 0 || !_retired)
                return;
        }
        Dispose();
    }

    /// <summary>No new requests will come: disposes of it, or has the last one that is under way do so.</summary>
    public void Retire()
    {
        lock (_lock)
        {
            _retired = true;
            if (_requests > 0)
                return;
        }
        Dispose();
    }

    public void Dispose() => _invoker.Dispose();
}
