using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>Runs code of the app that may block, hang or throw.</summary>
internal static class AppCode
{
    /// <summary>As long as an exec plugin has: the code may run one, or ask an identity service over the network.</summary>
    public static readonly TimeSpan Timeout = ExecPluginProcess.Timeout;

    /// <param name="what">What the user knows it as, for messages.</param>
    /// <param name="code">Runs on a thread of the pool. If it ignores its token it is left behind when the time is over.</param>
    /// <param name="timeProvider">Measures <see cref="Timeout"/>.</param>
    /// <param name="cancellationToken">Nobody needs the answer any more.</param>
    /// <exception cref="ClusterCredentialException">
    /// It threw, or gave no answer in time. The message of an <see cref="OptionsValidationException"/> is for a user already.
    /// </exception>
    /// <exception cref="OperationCanceledException">Only when <paramref name="cancellationToken"/> fired.</exception>
    public static async Task<T> RunAsync<T>(
        string what, Func<CancellationToken, ValueTask<T>> code, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
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
            Forget(running);
            throw;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            Forget(running);
            throw new ClusterCredentialException(
                $"{what} gave no answer within {Timeout.TotalSeconds:0} s. Find out what it waits for: a plugin that asks for a password, "
                + "a lock, a service that does not answer.");
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
}
