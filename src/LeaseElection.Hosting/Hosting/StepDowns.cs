using System.Globalization;
using LeaseElection.Hosting.Election;

namespace LeaseElection.Hosting;

/// <summary>Those who have asked an election to step down, and wait until it has.</summary>
internal sealed class StepDowns(ElectionRun run, WorkRunner work)
{
    private readonly Lock _gate = new();
    private readonly List<TaskCompletionSource> _waiters = [];

    /// <summary>Asks for it, and waits until it has been carried out.</summary>
    /// <param name="ask">Asks the elector; <see langword="false"/> when the election is over.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidOperationException">It is the work that asks, and would wait for itself.</exception>
    public Task AskAsync(Func<bool> ask, CancellationToken cancellationToken)
    {
        // Looked at before it is asked for, which may end the work that calls at once.
        (bool isByWork, CancellationToken told) = (work.IsCaller, work.CallerIsTold);
        // Thrown at once and not by the task, which work that does not wait for it would never look at.
        if (isByWork && !cancellationToken.CanBeCanceled)
        {
            throw new InvalidOperationException(
                $"The work of lease {run.Card.LeaseNamespace}/{run.Card.LeaseName} cannot wait for its own step-down, which waits for "
                + "that work. Call StepDownAsync(stoppingToken), which waits until the work is told to stop; or return from the work, with "
                + "LeaderElection:WhenWorkEnds=StepDown.");
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            _waiters.Add(done);
        if (!ask())
            done.TrySetResult();
        return isByWork ? WaitInWorkAsync(done.Task, told, cancellationToken) : done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// The token may be another than that of the work, and fire too late: whoever waits on although the work was told to stop a while ago,
    /// and the work has not ended, is most likely what it waits for. Not at once: it may be somebody else whom the work has begun.
    /// </summary>
    private async Task WaitInWorkAsync(Task done, CancellationToken told, CancellationToken cancellationToken)
    {
        using (var over = CancellationTokenSource.CreateLinkedTokenSource(told, cancellationToken))
            await done.WaitAsync(over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        TimeSpan half = run.Settings.StopTimeout / 2;
        TimeSpan patience = half < ElectorSettings.ReleaseTimeout ? half : ElectorSettings.ReleaseTimeout;
        try
        {
            await done.WaitAsync(patience, run.Clock.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception) when (work.IsCaller)
        {
            throw new InvalidOperationException(
                $"The work of lease {run.Card.LeaseNamespace}/{run.Card.LeaseName} still waits for its own step-down although it was "
                + string.Create(CultureInfo.InvariantCulture, $"told to stop {patience.TotalSeconds:0.##} s ago, ")
                + "and the step-down waits for that work. Call "
                + "StepDownAsync(stoppingToken): another token fires too late.", exception);
        }
        catch (TimeoutException)
        {
            await done.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>It has been carried out, or the election is over.</summary>
    public void Done()
    {
        lock (_gate)
        {
            foreach (TaskCompletionSource waiter in _waiters)
                waiter.TrySetResult();
            _waiters.Clear();
        }
    }
}
