using System.Collections.Concurrent;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Brokers;

/// <summary>
/// Runs an election for each caller, one at a time for each lease, and hands on from one to the next what was seen of it.
/// </summary>
internal sealed class LeaseBroker(
    LeaderElectionRegistration registration,
    IOptionsMonitor<LeaderElectionOptions> optionsMonitor,
    IElectionStoreFactory stores,
    ElectionClock clock,
    TermWatchdog watchdog,
    LeaseBrokerInstruments instruments,
    IServiceScopeFactory scopes,
    ILogger<LeaseBroker>? logger = null) : ILeaseBroker, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly LeaseLines _lines = new(clock);

    /// <summary>By the names of the leases: whose turn it is.</summary>
    private readonly ConcurrentDictionary<string, LeaseRun> _runs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _opening = new(1);
    private readonly CancellationTokenSource _disposing = new();
    private LeaseRunParts? _parts;
    private bool _isDisposed;

    /// <summary>How many leases something is remembered of, for tests.</summary>
    public int Remembered => _lines.Count;

    public async ValueTask<HeldLease?> TryAcquireAsync(string leaseName, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Check(leaseName, timeout);
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(ILeaseBroker));
        TimeSpan began = clock.Now.Monotonic;
        string outcome = TelemetryTags.Failed;
        LeaseRunParts? parts = null;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        try
        {
            parts = await OpenAsync(ended.Token).ConfigureAwait(false);
            LeaseRun? run = await TakeAsync(parts, leaseName, timeout, ended.Token).ConfigureAwait(false);
            outcome = run is null ? TelemetryTags.NotAcquired : TelemetryTags.Acquired;
            return run;
        }
        catch (OperationCanceledException exception) when (ended.IsCancellationRequested)
        {
            outcome = TelemetryTags.Cancelled;
            cancellationToken.ThrowIfCancellationRequested();
            throw new ObjectDisposedException(nameof(ILeaseBroker), exception);
        }
        finally
        {
            Tell(parts, leaseName, outcome, clock.Now.Monotonic - began);
        }
    }

    /// <summary>Finds out where leases are kept, which sends nothing. A failure is forgotten: the next caller tries again.</summary>
    /// <exception cref="OptionsValidationException">The settings are wrong.</exception>
    public async ValueTask<LeaseRunParts> OpenAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _parts) is { } opened)
            return opened;
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_parts is null)
                Volatile.Write(ref _parts, await FindAsync(cancellationToken).ConfigureAwait(false));
            return _parts!;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>
    /// Whoever waits is told so. Whoever holds a lease is told to give it up and has two seconds for that: the rest is left to run out,
    /// because nobody knows whether it is still in use.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;
        await _disposing.CancelAsync().ConfigureAwait(false);
        LeaseRun[] runs = [.. _runs.Values];
        foreach (LeaseRun run in runs)
            run.RequestEnd();
        var allEnded = Task.WhenAll(runs.Select(run => run.Completion));
        try
        {
            await allEnded.WaitAsync(ElectorSettings.ReleaseTimeout, clock.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Abandon(runs);
        }

        if (_parts is { } parts)
            await parts.Leases.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>For containers that are not disposed of asynchronously: nobody is waited for.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;
        _disposing.Cancel();
        Abandon(_runs.Values);
        if (_parts is { } parts)
            _ = parts.Leases.DisposeAsync().AsTask();
    }

    private static void Check(string leaseName, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(leaseName);
        if (!KubernetesName.IsSubdomain(leaseName))
        {
            throw new ArgumentException(
                $"\"{leaseName}\" cannot be the name of a lease, which must be {KubernetesName.SubdomainRule}"
                + (KubernetesName.Nearest(leaseName) is { } nearest ? $": use for example \"{nearest}\"." : "."),
                nameof(leaseName));
        }

        if (timeout == Timeout.InfiniteTimeSpan)
            return;
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, LongestWait);
    }

    private static void Abandon(IEnumerable<LeaseRun> runs)
    {
        foreach (LeaseRun run in runs)
        {
            if (!run.Completion.IsCompleted)
                run.Abandon();
        }
    }

    private async Task<LeaseRunParts> FindAsync(CancellationToken cancellationToken)
    {
        LeaderElectionOptions options = optionsMonitor.Get(registration.Name);
        OpenedLeases opened;
        try
        {
            opened = await stores.OpenLeasesAsync(registration, options, cancellationToken).ConfigureAwait(false);
        }
        catch (LeaseStoreConfigurationException exception)
        {
            throw new OptionsValidationException(registration.Name, typeof(LeaderElectionOptions), [exception.Message]);
        }

        ElectorSettings settings = ElectionSettings.Of(options, opened.Identity, Timeout.InfiniteTimeSpan) with
        {
            ForOneTerm = true,
            ReleaseOnStop = true, // Whoever disposes of a lease gives it up, whatever elections are told.
            CountTakeOvers = false, // A lock that is abandoned a few times is an ordinary one.
            WhenWorkOverruns = WorkOverrunPolicy.Log,
        };
        return new LeaseRunParts(
            registration.Name, opened.LeaseNamespace, settings, opened.Leases, clock, scopes, watchdog, instruments,
            new GuardedLogger(logger ?? NullLogger<LeaseBroker>.Instance));
    }

    /// <summary>Waits for one's turn in this process, and then for the lease.</summary>
    private async Task<LeaseRun?> TakeAsync(LeaseRunParts parts, string leaseName, TimeSpan timeout, CancellationToken cancellationToken)
    {
        TimeSpan began = clock.Now.Monotonic;
        if (await _lines.EnterAsync(leaseName, timeout, cancellationToken).ConfigureAwait(false) is not { } line)
            return _runs.TryGetValue(leaseName, out LeaseRun? ahead) && ahead.Trouble is { } trouble ? throw trouble : null;
        LeaseRun run;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isBrief = timeout != Timeout.InfiniteTimeSpan && timeout < parts.Settings.LeaseDuration;
            run = new LeaseRun(parts, leaseName, line.Memory, isBrief);
        }
        catch
        {
            _lines.Leave(line);
            throw;
        }

        _runs[leaseName] = run;
        run.Start(ended: () => Leave(line));
        return await run.TakeAsync(Left(timeout, clock.Now.Monotonic - began), cancellationToken).ConfigureAwait(false) ? run : null;
    }

    private void Leave(LeaseLine line)
    {
        _runs.TryRemove(line.LeaseName, out _);
        _lines.Leave(line);
    }

    private static TimeSpan Left(TimeSpan timeout, TimeSpan spent)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
            return timeout;
        return timeout > spent ? timeout - spent : TimeSpan.Zero;
    }

    private void Tell(LeaseRunParts? parts, string leaseName, string outcome, TimeSpan took)
    {
        instruments.Tried(registration.Name, outcome, took);
        if (parts is not null && outcome != TelemetryTags.Acquired)
            parts.Logger.LeaseNotTaken(parts.LeaseNamespace, leaseName, took.TotalMilliseconds, outcome);
    }
}
