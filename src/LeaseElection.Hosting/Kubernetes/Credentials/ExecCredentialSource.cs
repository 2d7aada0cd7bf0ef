using System.Security.Cryptography;
using LeaseElection.Hosting.Diagnostics;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>
/// The credentials an exec plugin prints, kept until they expire. A run of the plugin belongs to this object and not to the request that
/// caused it: a plugin may take longer than a request has, and the next request shall find the result and not start all over.
/// </summary>
internal sealed class ExecCredentialSource(ExecPlugin plugin, TimeProvider timeProvider, ILogger logger) : IClusterCredentialSource
{
    // Renewed a little early, so that they do not expire on their way to the server.
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposed = new();
    private ClusterCredential? _credential;
    private DateTimeOffset? _expiresAt;
    private Task<ClusterCredential>? _run;

    public async ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken)
    {
        Task<ClusterCredential> run;
        lock (_lock)
        {
            if (_credential is { } credential && !ExpiresWithin(Leeway))
                return credential;
            run = CurrentRun();
        }
        return await run.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<ClusterCredential> RenewAsync(ClusterCredential rejected, CancellationToken cancellationToken)
    {
        Task<ClusterCredential> run;
        lock (_lock)
        {
            // Another request may have renewed them since.
            if (_credential is { } credential && !credential.IsSameAs(rejected))
                return credential;
            // Gone for good: should the plugin fail now, they must not come back as "still valid".
            _credential = null;
            run = CurrentRun();
        }
        return await run.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Task? run;
        lock (_lock)
            run = _run;
        await _disposed.CancelAsync().ConfigureAwait(false);
        if (run is not null)
            await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _disposed.Dispose();
    }

    private Task<ClusterCredential> CurrentRun()
    {
        if (_run is { IsCompleted: false })
            return _run;
        // A failure that every request had given up waiting for would otherwise come back as an UnobservedTaskException.
        _ = _run?.Exception;
        // Not on the caller's stack: it holds the lock.
        return _run = Task.Run(RunAsync, _disposed.Token);
    }

    private async Task<ClusterCredential> RunAsync()
    {
        try
        {
            ExecCredentialStatus status = await ExecPluginProcess.RunAsync(plugin, timeProvider, _disposed.Token).ConfigureAwait(false);
            ClusterCredential credential = ToCredential(status);
            KubernetesStoreLog.ExecPluginAsked(logger, plugin.Command, status.ExpirationTimestamp);
            lock (_lock)
                (_credential, _expiresAt) = (credential, status.ExpirationTimestamp);
            return credential;
        }
        catch (ClusterCredentialException e)
        {
            lock (_lock)
            {
                if (_credential is not { } credential || ExpiresWithin(TimeSpan.Zero))
                    throw;
                KubernetesStoreLog.ExecPluginFailed(logger, plugin.Command, e.Message);
                return credential;
            }
        }
    }

    private ClusterCredential ToCredential(ExecCredentialStatus status)
    {
        try
        {
            return new ClusterCredential(
                status.Token is { } token ? CredentialText.ParseToken([token]) : null,
                status is { ClientCertificateData: { } certificate, ClientKeyData: { } key }
                    ? CredentialText.ParseClientCertificate([certificate, key])
                    : null);
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw new ClusterCredentialException($"What the kubeconfig's plugin '{plugin.Command}' printed cannot be used: {e.Message}", e);
        }
    }

    private bool ExpiresWithin(TimeSpan leeway) => _expiresAt is { } at && timeProvider.GetUtcNow() >= at - leeway;
}
