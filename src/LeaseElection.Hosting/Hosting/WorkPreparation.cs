using System.Diagnostics.CodeAnalysis;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting;

/// <summary>
/// Prepares one piece of work while its process stands by, and hands it to the term that comes. An attempt that fails is made again after a
/// pause, with a new instance: the old one may be half done.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The sources have no timer, and the app may look at a token after this.")]
internal sealed class WorkPreparation
{
    private readonly string _work;
    private readonly ElectionRun _run;
    private readonly ILogger _logger;
    private readonly Func<CancellationToken, Task<ScopedWork>> _prepare;

    /// <summary>Fires when no further attempt is to begin: a term has, or the election has ended.</summary>
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Fires when the attempt that is under way is to end.</summary>
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task<ScopedWork?> _prepared;

    /// <summary>Begins on the thread pool.</summary>
    /// <param name="work">What logs call it.</param>
    /// <param name="run">The election.</param>
    /// <param name="logger">Where failures are told.</param>
    /// <param name="prepare">Makes an instance and prepares it.</param>
    public WorkPreparation(string work, ElectionRun run, ILogger logger, Func<CancellationToken, Task<ScopedWork>> prepare)
    {
        _work = work;
        _run = run;
        _logger = logger;
        _prepare = prepare;
        _prepared = Task.Run(PrepareAsync);
    }

    private ElectionIdentityCard Lease => _run.Card;

    /// <summary>
    /// A term has begun: awaits the attempt that is under way, because its work needs what that prepares, unless the term ends first.
    /// </summary>
    /// <param name="lost">Fires when the term's work is to stop.</param>
    /// <returns>What is prepared, which is the caller's then; <see langword="null"/> when nothing is.</returns>
    public async Task<ScopedWork?> TakeAsync(CancellationToken lost)
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        if (!_prepared.IsCompleted)
            _logger.PreparationAwaited(_work, Lease.LeaseNamespace, Lease.LeaseName);
        CancellationTokenRegistration registration = lost.UnsafeRegister(_ => _stopping.Cancel(), null);
        await using (registration.ConfigureAwait(false))
            return await _prepared.ConfigureAwait(false);
    }

    /// <summary>
    /// The election ends without another term. An attempt that is under way has as long to stop as work has, which may be minutes, and no
    /// longer than the host leaves for draining; then nobody waits for it any more.
    /// </summary>
    public async Task EndAsync()
    {
        (TimeSpan stop, TimeSpan drain) = (_run.Settings.StopTimeout, _run.Settings.DrainTimeout);
        TimeSpan patience = stop < drain ? stop : drain;
        Task ended = EndWhenToldAsync();
        try
        {
            await ended.WaitAsync(patience, _run.Clock.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _logger.PreparationOverran(_work, patience.TotalSeconds, Lease.LeaseNamespace, Lease.LeaseName);
        }
    }

    private async Task EndWhenToldAsync()
    {
        try
        {
            await _closing.CancelAsync().ConfigureAwait(false);
            await _stopping.CancelAsync().ConfigureAwait(false); // On the thread pool: what the app registered runs here, and may block.
            if (await _prepared.ConfigureAwait(false) is { } prepared)
                await prepared.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the app's code throws, the election ends.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _logger.WorkFailedWhileStopping(_work, Lease.LeaseNamespace, Lease.LeaseName, exception);
        }
    }

    private async Task<ScopedWork?> PrepareAsync()
    {
        var pause = new GrowingPause(Random.Shared);
        for (int failures = 1; !_closing.IsCancellationRequested; failures++)
        {
            try
            {
                return await _prepare(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // Whatever it throws, this process stands by.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                await FailedAsync(exception, failures, pause.Next(_run.Clock.Now.Monotonic)).ConfigureAwait(false);
            }
        }

        return null;
    }

    private async Task FailedAsync(Exception exception, int failures, TimeSpan pause)
    {
        double seconds = Math.Round(pause.TotalSeconds, 1);
        if (failures == 1)
            _logger.PreparationFailed(_work, Lease.LeaseNamespace, Lease.LeaseName, seconds, exception);
        else
            _logger.PreparationFailedAgain(_work, Lease.LeaseNamespace, Lease.LeaseName, failures, seconds, exception);
        await Task.Delay(pause, _run.Clock.TimeProvider, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
