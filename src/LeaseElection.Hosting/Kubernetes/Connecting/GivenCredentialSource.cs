using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// The credentials and authorities of a connection that the app has described, and describes anew when they are no longer good. What is
/// asked of the app belongs to this object and not to the request that caused it: it may take longer than a request has, and the next
/// request shall find the answer and not ask all over. Several clients share it; the last one that disposes of it ends it.
/// </summary>
internal sealed class GivenCredentialSource : IClusterCredentialSource
{
    private readonly GivenConnection _given;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposed = new();
    // Two, because after a new authority the first 401 shall be answered at once as well.
    private readonly RenewalPace _afterRefusal;
    private readonly RenewalPace _afterDistrust;
    private int _users = 1;
    private KubernetesApiConnection _connection;
    private KubernetesApiConnection _authorizing;
    private X509Certificate2Collection? _authorities;
    private SslStreamCertificateContext? _certificate;
    private GivenAuthorization _authorization;
    private GivenHandlerSetup _handlers;
    private Task? _renewing;
    private bool _everything;
    private bool _failing;

    public GivenCredentialSource(GivenConnection given, TimeProvider timeProvider, ILogger logger)
    {
        _given = given;
        _timeProvider = timeProvider;
        _logger = logger;
        _afterRefusal = new RenewalPace(timeProvider);
        _afterDistrust = new RenewalPace(timeProvider);
        _connection = _authorizing = given.First;
        _authorities = given.First.CertificateAuthorities;
        _certificate = given.First.ClientCertificate;
        _authorization = AuthorizationOf(given.First);
        _handlers = HandlersOf(given.First);
    }

    public X509Certificate2Collection? Authorities
    {
        get
        {
            lock (_lock)
                return _authorities;
        }
    }

    /// <returns>Whether it was not too late for one more client.</returns>
    public bool TryJoin()
    {
        lock (_lock)
        {
            if (_users == 0)
                return false;
            _users++;
            return true;
        }
    }

    /// <exception cref="ClusterCredentialException">The app threw, or did not return in time.</exception>
    public ValueTask ConfigureAsync(SocketsHttpHandler handler, CancellationToken cancellationToken)
    {
        GivenHandlerSetup handlers;
        lock (_lock)
            handlers = _handlers;
        return handlers.ConfigureAsync(handler, cancellationToken);
    }

    /// <summary>
    /// The server was not trusted. Asks the app beside whatever goes on; the next request is made with the authorities and the client
    /// certificate that it has named by then. How it authorizes stays: nothing was said against it, and it may remember a token.
    /// </summary>
    public void BeginRenewingTrust()
    {
        lock (_lock)
            _ = TryRenew(_afterDistrust, everything: false, out _);
    }

    /// <summary>The server has answered, and with something else than 401.</summary>
    public void Accepted()
    {
        lock (_lock)
        {
            _afterRefusal.Accepted();
            _afterDistrust.Accepted();
        }
    }

    public async ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken)
    {
        SslStreamCertificateContext? certificate;
        GivenAuthorization authorization;
        lock (_lock)
            (certificate, authorization) = (_certificate, _authorization);
        try
        {
            return new ClusterCredential(token: null, certificate)
            {
                Authorization = await authorization.GetAsync(cancellationToken).ConfigureAwait(false),
            };
        }
        catch (ClusterCredentialException)
        {
            // A refresh token that somebody else has used, a file that has moved: only a connection made anew can know.
            _ = TryRenew(out _);
            throw;
        }
    }

    public async ValueTask<ClusterCredential> RenewAsync(ClusterCredential rejected, CancellationToken cancellationToken)
    {
        ClusterCredential now;
        try
        {
            // What the app gives may be another one by itself; and another request may have renewed it since.
            now = await GetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It takes longer than a request has, so that no request would ever come to the line below.
            _ = TryRenew(out _);
            throw;
        }
        if (!now.IsSameAs(rejected))
            return now;
        if (!TryRenew(out Task renewing))
            return now;
        await renewing.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await GetAsync(cancellationToken).ConfigureAwait(false);
    }

    public string DescribeWait(TimeSpan time) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{_given.Giver.Origin} has given no credentials within {time.TotalSeconds:0.#} s. {AppCode.Advice}");

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock)
        {
            if (--_users > 0)
                return;
            running = [_authorization.Running, _renewing ?? Task.CompletedTask];
        }
        await _disposed.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _disposed.Dispose();
    }

    private GivenAuthorization AuthorizationOf(KubernetesApiConnection connection) =>
        new(_given.Giver.Origin, connection.Authorize, _timeProvider, _disposed.Token);

    private GivenHandlerSetup HandlersOf(KubernetesApiConnection connection) =>
        new(_given.Giver.Origin, connection, _timeProvider, _disposed.Token);

    private bool TryRenew(out Task renewing)
    {
        lock (_lock)
            return TryRenew(_afterRefusal, everything: true, out renewing);
    }

    /// <returns>Not if the app was asked a short while ago: it shall not be asked again yet.</returns>
    private bool TryRenew(RenewalPace pace, bool everything, out Task renewing)
    {
        if (_renewing is { IsCompleted: false })
        {
            _everything |= everything;
        }
        else if (_users > 0 && pace.TryBegin())
        {
            _everything = everything;
            // Not on the caller's stack: it holds the lock.
            _renewing = Task.Run(() => RunAsync(pace), CancellationToken.None);
        }
        else
        {
            renewing = Task.CompletedTask;
            return false;
        }
        renewing = _renewing;
        return true;
    }

    private async Task RunAsync(RenewalPace pace)
    {
        string origin = _given.Giver.Origin;
        try
        {
            if (await _given.Giver.AskAsync(_disposed.Token).ConfigureAwait(false) is not { } made)
                Failed($"{origin} knows of no API server any more.");
            else
                await AdoptAsync(made).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_disposed.IsCancellationRequested)
        {
            // Nobody needs it any more.
        }
        catch (Exception e) when (e is ClusterCredentialException or LeaseStoreConfigurationException)
        {
            Failed(e.Message);
        }
        // What the app gives may throw when it is looked at: a certificate that it has disposed of.
        catch (Exception e)
        {
            Failed($"What {origin} gives cannot be used: {e.GetType().Name}: {Excerpt.Of(e.Message)}");
        }
        finally
        {
            lock (_lock)
                pace.Ended();
        }
    }

    private async Task AdoptAsync(KubernetesApiConnection made)
    {
        GivenConnection.Check(_given.Giver.Origin, made);
        if (!IsSamePlace(made))
        {
            Failed(
                $"{_given.Giver.Origin} now describes another API server, TLS server name or way to check its certificate than this "
                + "election began with. Restart the process if that is right.");
            return;
        }
        if (!ReferenceEquals(made, _connection))
            await _given.Giver.TryConfiguringAsync(made, _disposed.Token).ConfigureAwait(false);
        if (Take(made))
            KubernetesStoreLog.ConnectionMadeAnew(_logger, _given.Giver.Origin);
    }

    /// <returns>Whether anything is new.</returns>
    private bool Take(KubernetesApiConnection made)
    {
        lock (_lock)
        {
            _failing = false;
            bool authorizes = _everything && !ReferenceEquals(made, _authorizing);
            if (authorizes)
            {
                _authorizing = made;
                // What the one before may still be answering is no answer of this one.
                _authorization = AuthorizationOf(made);
            }
            if (ReferenceEquals(made, _connection))
                return authorizes;
            // What has not changed keeps its instance, and with it the connections that were made with it.
            if (!GivenCertificates.AreSame(_authorities, made.CertificateAuthorities))
                _authorities = made.CertificateAuthorities;
            if (!GivenCertificates.AreSame(_certificate, made.ClientCertificate))
                _certificate = made.ClientCertificate;
            _connection = made;
            _handlers = HandlersOf(made);
            return true;
        }
    }

    /// <summary>The one before stays: it may well be good for longer than the disturbance.</summary>
    private void Failed(string reason)
    {
        bool again;
        lock (_lock)
            (again, _failing) = (_failing, true);
        if (again)
            KubernetesStoreLog.ConnectionNotMadeAnewAgain(_logger, reason, _given.Giver.Origin);
        else
            KubernetesStoreLog.ConnectionNotMadeAnew(_logger, reason, _given.Giver.Origin);
    }

    /// <summary>A lease on another server is another lease; and how the server is checked was told at the start.</summary>
    private bool IsSamePlace(KubernetesApiConnection made) => (made.Server, made.TlsServerName, made.SkipTlsVerify)
        == (_given.First.Server, _given.First.TlsServerName, _given.First.SkipTlsVerify);
}
