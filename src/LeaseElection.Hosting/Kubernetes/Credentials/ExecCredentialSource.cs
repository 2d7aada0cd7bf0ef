using System.Globalization;
using System.Security.Cryptography;
using LeaseElection.Hosting.Diagnostics;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>
/// The credentials an exec plugin prints, kept until they expire. A run of the plugin belongs to this object and not to the request that
/// caused it: a plugin may take longer than a request has, and the next request shall find the result and not start all over. A run begins
/// before they expire, and nobody waits for it while they are good: a plugin that is slow would cost a renewal, or the term. Several
/// clients may share it; the last one that disposes of it ends it.
/// </summary>
internal sealed class ExecCredentialSource(ExecPlugin plugin, TimeProvider timeProvider, ILogger logger) : IClusterCredentialSource
{
    // They must not expire on their way to the server.
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(2);

    // How long before they expire a run begins: a tenth of their life, within these. A plugin may take half a minute.
    private static readonly TimeSpan EarliestRun = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LatestRun = TimeSpan.FromSeconds(10);

    // Many plugins keep what they have and print it again until it is nearly over.
    private static readonly TimeSpan BetweenEarlyRuns = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposed = new();
    private int _users = 1;
    private ClusterCredential? _credential;
    private ClusterCredential? _rejected;
    private ExecCredentialStatus? _status;
    private TimeSpan _early;
    private Task<ClusterCredential>? _run;
    private long _runBegan;

    /// <summary>Told when nobody can join any more, without a lock.</summary>
    public Action? Ended { private get; set; }

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

    public async ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken)
    {
        Task<ClusterCredential> run;
        lock (_lock)
        {
            if (_credential is { } credential && !ExpiresWithin(Leeway))
            {
                if (ExpiresWithin(_early) && timeProvider.GetElapsedTime(_runBegan) >= BetweenEarlyRuns)
                    _ = CurrentRun();
                return credential;
            }
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
            // Not for those who ask next: what one server of several has refused, or refuses an Event, may be good for the renewals of all
            // elections, which else had to wait for the plugin. But should it fail now, who was refused must hear why.
            _rejected = _credential;
            run = CurrentRun();
        }
        return await run.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public string DescribeWait(TimeSpan time) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The kubeconfig's plugin '{plugin.Command}' has given no credentials within {time.TotalSeconds:0.#} s. What it gives within ")
        + $"{ExecPluginProcess.Timeout.TotalSeconds:0} s the next request will use; if this repeats, run it by hand to see what it waits "
        + "for.";

    public async ValueTask DisposeAsync()
    {
        Task? run;
        lock (_lock)
        {
            if (--_users > 0)
                return;
            run = _run; // The last: with no user none begins any more.
        }
        Ended?.Invoke();
        await _disposed.CancelAsync().ConfigureAwait(false);
        if (run is not null)
            await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _disposed.Dispose();
    }

    private Task<ClusterCredential> CurrentRun()
    {
        if (_run is { IsCompleted: false })
            return _run;
        ObjectDisposedException.ThrowIf(_users == 0, this);
        _runBegan = timeProvider.GetTimestamp();
        // Not on the caller's stack: it holds the lock.
        _run = Task.Run(RunAsync, _disposed.Token);
        // Nobody may be waiting for it, or all have given up.
        AppCode.Forget(_run);
        return _run;
    }

    private async Task<ClusterCredential> RunAsync()
    {
        try
        {
            ExecCredentialStatus status = await ExecPluginProcess.RunAsync(plugin, timeProvider, _disposed.Token).ConfigureAwait(false);
            ClusterCredential credential = Adopt(status);
            KubernetesStoreLog.ExecPluginAsked(logger, plugin.Command, status.ExpirationTimestamp);
            return credential;
        }
        catch (ClusterCredentialException e)
        {
            ClusterCredential? still;
            lock (_lock)
                still = ReferenceEquals(_credential, _rejected) || ExpiresWithin(TimeSpan.Zero) ? null : _credential;
            if (still is null)
                throw;
            // Not under the lock: where nobody drains the log, all requests of all elections would wait here for their credentials.
            KubernetesStoreLog.ExecPluginFailed(logger, plugin.Command, e.Message);
            return still;
        }
    }

    /// <summary>What is the same as before keeps its instance, and with it the connections that were made with it.</summary>
    private ClusterCredential Adopt(ExecCredentialStatus status)
    {
        lock (_lock)
        {
            if (_credential is { } same && status.IsSameAs(_status!))
                return same;
        }
        ClusterCredential credential = ToCredential(status);
        TimeSpan early = TimeSpan.Zero;
        if (status.ExpirationTimestamp is { } expiresAt)
            early = new TimeSpan(Math.Clamp((expiresAt - timeProvider.GetUtcNow()).Ticks / 10, LatestRun.Ticks, EarliestRun.Ticks));
        lock (_lock)
            (_credential, _status, _early) = (credential, status, early);
        return credential;
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

    private bool ExpiresWithin(TimeSpan time) => _status?.ExpirationTimestamp is { } at && at - timeProvider.GetUtcNow() <= time;
}
