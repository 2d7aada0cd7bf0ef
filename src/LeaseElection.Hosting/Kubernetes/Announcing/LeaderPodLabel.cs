using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>
/// Brings the leader's label onto the own Pod and off the others', one request after the other, as <see cref="PodLabelPlan"/> says. What
/// is no longer wanted is given up under way: a request that hangs must not keep the label on a Pod that is about to stop leading.
/// </summary>
internal sealed class LeaderPodLabel : ILeadershipAnnouncer
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly PodLabelPlan _plan;
    private readonly PodIdentity _pod;
    private readonly ElectionIdentityCard _card;
    private readonly ElectionClock _clock;
    private readonly TimeSpan _patience;
    private readonly AnnouncementSender _sender;
    private readonly ILogger _logger;
    private readonly Task _running;
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _withdrawalTried = NewSignal();
    private CancellationTokenSource? _request;
    private Task _givingUp = Task.CompletedTask;
    private PodLabelPatch? _sent;
    private bool _failing;

    /// <param name="connection">Where the Pod is.</param>
    /// <param name="pod">The Pod of this process.</param>
    /// <param name="card">The election, for messages.</param>
    /// <param name="clock">Paces what is sent again.</param>
    /// <param name="patience">How long a release may wait for the label to go.</param>
    /// <param name="logger">Is told of the first failure of a row, and at debug level of all else.</param>
    public LeaderPodLabel(
        KubernetesConnection connection, PodIdentity pod, ElectionIdentityCard card, ElectionClock clock, TimeSpan patience, ILogger logger)
    {
        _plan = new PodLabelPlan(pod.Name);
        _pod = pod;
        _card = card;
        _clock = clock;
        _patience = patience;
        _sender = new AnnouncementSender(connection, clock.TimeProvider, logger);
        _logger = logger;
        using (ExecutionContext.SuppressFlow())
            _running = Task.Run(RunAsync);
    }

    public void HolderSeen(string holder)
    {
        lock (_lock)
            _plan.HolderSeen(PodLabelRequests.PodOf(holder));
    }

    public void Began(Lease? lease)
    {
        lock (_lock)
        {
            _plan.Began(_clock.Now.Monotonic);
            Pulse();
        }
    }

    public void Ending()
    {
        lock (_lock)
        {
            _plan.Ending();
            _withdrawalTried = NewSignal();
            if (_sent is { } sent && _plan.IsStale(sent))
                _givingUp = _request!.CancelAsync(); // Not Cancel: what it runs may take time, and the election is waiting.
            Pulse();
        }
    }

    public void Ended(string how, Lease? lease)
    {
        // The label goes when the term is ending.
    }

    /// <summary>
    /// Ends when the server has answered to the label's removal, whatever it said: waiting for another attempt would cost more.
    /// </summary>
    public async Task WithdrawnAsync()
    {
        Task tried;
        lock (_lock)
            tried = _withdrawalTried.Task;
        try
        {
            await tried.WaitAsync(_patience, _clock.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The lease is given up all the same: the next leader takes the label off.
        }
    }

    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_plan.IsWithdrawn || _running.IsCompleted)
                    return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await _sender.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
                await StepAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The host has stopped.
        }
#pragma warning disable CA1031 // A bug of ours: the election goes on, and its host stops in good order.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _logger.AnnouncerFailed(_card.LeaseNamespace, _card.LeaseName, exception);
            lock (_lock)
                _withdrawalTried.TrySetResult();
        }
    }

    private async Task StepAsync()
    {
        PodLabelPatch? patch;
        Task changed;
        TimeSpan dueAt;
        lock (_lock)
        {
            patch = _plan.Next(_clock.Now.Monotonic);
            changed = _changed.Task;
            dueAt = _plan.DueAt;
        }

        if (patch is null)
            await WaitAsync(changed, dueAt).ConfigureAwait(false);
        else
            await CarryOutAsync(patch).ConfigureAwait(false);
    }

    private async Task CarryOutAsync(PodLabelPatch patch)
    {
        using var request = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        lock (_lock)
        {
            if (_plan.IsStale(patch))
                return;
            (_sent, _request) = (patch, request);
        }

        AnnouncementReply reply = await SendAsync(patch, request.Token).ConfigureAwait(false);
        bool wanted;
        Task givingUp;
        lock (_lock)
        {
            (_sent, _request) = (null, null);
            givingUp = _givingUp;
            wanted = !_plan.IsStale(patch);
            _plan.Ended(patch, reply, _clock.Now.Monotonic);
            if (wanted && !patch.Leads && patch.Pod == _pod.Name)
                _withdrawalTried.TrySetResult();
            Pulse();
        }

        if (wanted)
            Tell(patch, reply);
        await givingUp.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // As in WatchRunner.
    }

    private async Task<AnnouncementReply> SendAsync(PodLabelPatch patch, CancellationToken cancellationToken)
    {
        try
        {
            return await _sender.SendAsync(PodLabelRequests.Of(patch, _pod.Namespace, _sender.Server), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            return new AnnouncementReply(AnnouncementOutcome.Unknown, "Given up, because something else is to be told.");
        }
    }

    private async Task WaitAsync(Task changed, TimeSpan dueAt)
    {
        if (dueAt == TimeSpan.MaxValue)
        {
            await changed.WaitAsync(_stopping.Token).ConfigureAwait(false);
            return;
        }

        TimeSpan wait = dueAt - _clock.Now.Monotonic;
        try
        {
            // A millisecond more, which is what timers count in: one that fires early would have to be set again at once.
            await changed.WaitAsync(
                (wait > TimeSpan.Zero ? wait : TimeSpan.Zero) + TimeSpan.FromMilliseconds(1), _clock.TimeProvider, _stopping.Token)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Something has fallen due.
        }
    }

    private void Tell(PodLabelPatch patch, AnnouncementReply reply)
    {
        bool isSo = reply.Outcome == AnnouncementOutcome.Done || (reply.Outcome == AnnouncementOutcome.NotFound && !patch.Leads);
        (string space, string name) = (_card.LeaseNamespace, _card.LeaseName);
        if (isSo && patch.Leads)
            _logger.PodLabelSet(_pod.Namespace, patch.Pod, space, name);
        else if (isSo)
            _logger.PodLabelCleared(_pod.Namespace, patch.Pod, space, name);
        else if (_failing)
            _logger.PodNotLabelledAgain(_pod.Namespace, patch.Pod, space, name, reply.Message);
        else
            _logger.PodNotLabelled(_pod.Namespace, patch.Pod, space, name, reply.Message);
        _failing = !isSo;
    }

    /// <summary>Under the lock.</summary>
    private void Pulse()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
