using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>
/// Runs code of the app that may block, hang or throw. A call that has not ended when its time was over is left behind, and no other is
/// made before it has: else code that hangs would take a thread with each request, for ever.
/// </summary>
/// <param name="what">What the user knows it as, for messages.</param>
/// <param name="timeProvider">Measures <see cref="Timeout"/>.</param>
internal sealed class AppCode(string what, TimeProvider timeProvider)
{
    /// <summary>As long as an exec plugin has: the code may run one, or ask an identity service over the network.</summary>
    public static readonly TimeSpan Timeout = ExecPluginProcess.Timeout;

    public const string Advice =
        "Find out what it waits for: a plugin that asks for a password, a lock, a service that does not answer.";

    private readonly Lock _lock = new();
    private (Task Call, DateTimeOffset Began)? _leftBehind;

    /// <param name="code">Runs on a thread of the pool.</param>
    /// <param name="cancellationToken">Nobody needs the answer any more.</param>
    /// <exception cref="ClusterCredentialException">
    /// It threw, or gave no answer in time, or one before has not ended yet. The message of an <see cref="OptionsValidationException"/> is
    /// for a user already.
    /// </exception>
    /// <exception cref="OperationCanceledException">Only when <paramref name="cancellationToken"/> fired.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> code, CancellationToken cancellationToken)
    {
        RefuseBesideOneLeftBehind();
        DateTimeOffset began = timeProvider.GetUtcNow();
        using var timeout = new CancellationTokenSource(Timeout, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        CancellationToken token = linked.Token;
        Task<T> running = Task.Run(() => code(token).AsTask(), CancellationToken.None);
        try
        {
            return await running.WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LeaveBehind(running, began);
            throw;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            LeaveBehind(running, began);
            throw new ClusterCredentialException($"{what} gave no answer within {Timeout.TotalSeconds:0} s. {Advice}");
        }
        catch (OptionsValidationException e)
        {
            throw new ClusterCredentialException(e.Message, e);
        }
        catch (Exception e)
        {
            throw new ClusterCredentialException($"{what} threw {e.GetType().Name}: {Excerpt.Of(e.Message)}", e);
        }
    }

    /// <summary>Whatever becomes of it now must not come back as an unobserved exception.</summary>
    public static void Forget(Task running) => _ = running.ContinueWith(
        static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private void RefuseBesideOneLeftBehind()
    {
        lock (_lock)
        {
            if (_leftBehind is { Call.IsCompleted: false, Began: var began })
                throw new ClusterCredentialException($"{what} is still waiting for the call of {began.UtcDateTime:u}. {Advice}");
            _leftBehind = null;
        }
    }

    private void LeaveBehind(Task running, DateTimeOffset began)
    {
        Forget(running);
        lock (_lock)
            _leftBehind = (running, began);
    }
}
