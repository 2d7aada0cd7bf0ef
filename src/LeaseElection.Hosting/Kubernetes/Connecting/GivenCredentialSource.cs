using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Kubernetes.Credentials;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// The credentials and authorities of a connection that the app has described, and describes anew when they are no longer good. What is
/// asked of the app belongs to this object and not to the request that caused it: it may take longer than a request has, and the next
/// request shall find the answer and not ask all over.
/// </summary>
internal sealed class GivenCredentialSource(GivenConnection given, TimeProvider timeProvider, ILogger logger) : IClusterCredentialSource
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposed = new();
    private KubernetesApiConnection _connection = given.First;
    private X509Certificate2Collection? _authorities = given.First.CertificateAuthorities;
    private SslStreamCertificateContext? _certificate = given.First.ClientCertificate;
    private Task<AuthenticationHeaderValue?>? _authorizing;
    private Task? _renewing;
    private bool _failing;

    public X509Certificate2Collection? Authorities
    {
        get
        {
            lock (_lock)
                return _authorities;
        }
    }

    public void Configure(SocketsHttpHandler handler)
    {
        KubernetesApiConnection connection;
        lock (_lock)
            connection = _connection;
        ApiServerChannelFactory.LetConfigure(handler, connection);
    }

    /// <summary>Asks the app beside whatever goes on; the next request is made with what it has said by then.</summary>
    public void BeginRenewing()
    {
        lock (_lock)
            _ = CurrentRenewal();
    }

    public async ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken)
    {
        SslStreamCertificateContext? certificate;
        Task<AuthenticationHeaderValue?> authorizing;
        lock (_lock)
        {
            certificate = _certificate;
            authorizing = CurrentAuthorizing();
        }
        try
        {
            return new ClusterCredential(token: null, certificate)
            {
                Authorization = await authorizing.WaitAsync(cancellationToken).ConfigureAwait(false),
            };
        }
        catch (ClusterCredentialException)
        {
            // A refresh token that somebody else has used, a file that has moved: only a connection made anew can know.
            BeginRenewing();
            throw;
        }
    }

    public async ValueTask<ClusterCredential> RenewAsync(ClusterCredential rejected, CancellationToken cancellationToken)
    {
        // What the app gives may be another one by itself; and another request may have renewed it since.
        ClusterCredential now = await GetAsync(cancellationToken).ConfigureAwait(false);
        if (!now.IsSameAs(rejected))
            return now;
        Task renewing;
        lock (_lock)
            renewing = CurrentRenewal();
        await renewing.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await GetAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock)
            running = [_authorizing ?? Task.CompletedTask, _renewing ?? Task.CompletedTask];
        await _disposed.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _disposed.Dispose();
    }

    private Task<AuthenticationHeaderValue?> CurrentAuthorizing()
    {
        if (_connection.Authorize is not { } authorize)
            return Task.FromResult<AuthenticationHeaderValue?>(null);
        if (_authorizing is { IsCompleted: false })
            return _authorizing;
        _authorizing = AppCode.RunAsync(
            $"Asking for credentials, as {given.Giver.Origin} says,", authorize, timeProvider, _disposed.Token);
        // Every request may have given up waiting for it.
        AppCode.Forget(_authorizing);
        return _authorizing;
    }

    // Not on the caller's stack: it holds the lock.
    private Task CurrentRenewal() => _renewing is { IsCompleted: false } ? _renewing : _renewing = Task.Run(RunAsync, CancellationToken.None);

    private async Task RunAsync()
    {
        try
        {
            Adopt(await given.Giver.AskAsync(_disposed.Token).ConfigureAwait(false));
        }
        catch (ClusterCredentialException e)
        {
            Failed(e.Message);
        }
        catch (OperationCanceledException)
        {
            // Nobody needs it any more.
        }
    }

    private void Adopt(KubernetesApiConnection? made)
    {
        if (made is null || !IsSamePlace(made))
        {
            Failed(made is null
                ? $"{given.Giver.Origin} knows of no API server any more."
                : $"{given.Giver.Origin} now describes another API server, TLS server name or way to check its certificate than this election "
                + "began with. Restart the process if that is right.");
            return;
        }
        lock (_lock)
        {
            _failing = false;
            if (ReferenceEquals(made, _connection))
                return;
            _connection = made;
            // What has not changed keeps its instance, and with it the connections that were made with it.
            if (!AreSame(_authorities, made.CertificateAuthorities))
                _authorities = made.CertificateAuthorities;
            if (_certificate?.TargetCertificate.Equals(made.ClientCertificate?.TargetCertificate) is not true)
                _certificate = made.ClientCertificate;
            // What the connection before may still be answering is no answer of this one.
            _authorizing = null;
        }
        KubernetesStoreLog.ConnectionMadeAnew(logger, given.Giver.Origin);
    }

    /// <summary>The one before stays: it may well be good for longer than the disturbance.</summary>
    private void Failed(string reason)
    {
        bool again;
        lock (_lock)
            (again, _failing) = (_failing, true);
        if (again)
            KubernetesStoreLog.ConnectionNotMadeAnewAgain(logger, reason);
        else
            KubernetesStoreLog.ConnectionNotMadeAnew(logger, reason);
    }

    /// <summary>A lease on another server is another lease; and how the server is checked was told at the start.</summary>
    private bool IsSamePlace(KubernetesApiConnection made) =>
        (made.Server, made.TlsServerName, made.SkipTlsVerify) == (given.First.Server, given.First.TlsServerName, given.First.SkipTlsVerify);

    private static bool AreSame(X509Certificate2Collection? one, X509Certificate2Collection? other) =>
        one is null || other is null ? one == other : one.SequenceEqual(other);
}
