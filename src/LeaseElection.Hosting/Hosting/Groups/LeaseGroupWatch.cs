using System.Threading.Channels;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Groups;

/// <summary>
/// Follows all leases of a group with one list and one watch, whoever is interested in them: publishes what is known of them, and opens
/// stores for single ones that are told of changes by this watch. It decides nothing: <see cref="GroupKeeper"/> does.
/// </summary>
internal sealed class LeaseGroupWatch : IAsyncDisposable
{
    private readonly Channel<GroupInput> _inputs = Channel.CreateUnbounded<GroupInput>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly LoanedLeases _loans = new();
    private readonly ILeaseGroup _group;
    private readonly ElectionClock _clock;
    private readonly GroupKeeper _keeper;
    private readonly GroupReporter _reporter;
    private readonly WatchRunner<LeaseGroupEvent> _watch;
    private readonly ITimer _timer;
    private volatile GroupView _view = GroupView.Empty;
    private TaskCompletionSource _news = NewSignal();
    private Task _listing = Task.CompletedTask;
    private Task _running = Task.CompletedTask;
    private bool _disposed;

    /// <param name="group">The leases; disposed with this.</param>
    /// <param name="run">The election whose group it is; its settings are the pace of lists and the longest silence of the watch.</param>
    /// <param name="logger">Never throws.</param>
    public LeaseGroupWatch(ILeaseGroup group, ElectionRun run, ILogger logger)
    {
        _group = group;
        _clock = run.Clock;
        _keeper = new GroupKeeper(run.Settings, Random.Shared);
        _reporter = new GroupReporter(run, logger);
        _watch = new WatchRunner<LeaseGroupEvent>(
            group.WatchAsync,
            told => Post(new GroupInput.Watched(told)),
            () => Post(new GroupInput.WatchEnded()),
            error => Post(new GroupInput.WatchBroken(error)),
            _reporter.Threw);

        // As in ElectionLoop: without the async-locals of whoever starts the host.
        using (ExecutionContext.SuppressFlow())
        {
            _timer = run.Clock.TimeProvider.CreateTimer(
                _ => Post(new GroupInput.TimerFired()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>What is known at this instant. Signs of life are in it before anybody is told of news.</summary>
    public GroupView View => _view;

    /// <summary>
    /// What is known, and what ends with the next news: a change that is more than a sign of life (<see cref="GroupView.News"/>).
    /// </summary>
    public (GroupView View, Task News) Look()
    {
        lock (_gate)
            return (_view, _news.Task);
    }

    /// <summary>Begins to list and to watch, once.</summary>
    public void Start()
    {
        using (ExecutionContext.SuppressFlow())
            _running = Task.Run(RunAsync);
        Post(new GroupInput.TimerFired());
    }

    /// <summary>
    /// A lease of the group, for one elector at a time, until it is disposed. Its <c>WatchAsync</c> costs no connection. The elector must
    /// be given its <see cref="GroupedLease.Memory"/>.
    /// </summary>
    /// <param name="leaseName">Its name.</param>
    /// <param name="traits">What it bears beside the label of the group.</param>
    public GroupedLease Open(string leaseName, LeaseTraits traits)
    {
        ILeaseStore store = _group.Open(leaseName, traits);
        lock (_gate)
            return _loans.Lend(leaseName, memory => new GroupedLease(leaseName, store, memory, this), _view);
    }

    /// <inheritdoc cref="ILeaseGroup.DeleteAsync"/>
    public Task<LeaseReply> DeleteAsync(string leaseName, Lease current, TimeSpan timeout) =>
        _group.DeleteAsync(leaseName, current, timeout, _stopping.Token);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        _inputs.Writer.TryComplete();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        try
        {
            // A store that hears no token must not keep the process from ending.
            await Task.WhenAll(_listing, _watch.DisposeAsync().AsTask())
                .WaitAsync(ElectorSettings.ReleaseTimeout, _clock.TimeProvider).ConfigureAwait(false);
            await _group.DisposeAsync().ConfigureAwait(false);
            _stopping.Dispose();
        }
#pragma warning disable CA1031 // As in StoreRunner: the host must stop in good order whatever the store does.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _reporter.Threw(exception);
        }
    }

    /// <summary>Tells what happens to a lease from now on, and first what has happened since <paramref name="resourceVersion"/>.</summary>
    internal ChannelReader<LeaseGroupEvent> Subscribe(GroupedLease lease, string resourceVersion)
    {
        lock (_gate)
            return _loans.Subscribe(lease, resourceVersion, _view);
    }

    /// <summary>Looks for a lease in a list; <see langword="null"/> if there may be no list either.</summary>
    internal async Task<LeaseReply?> FindAsync(string leaseName, TimeSpan timeout, CancellationToken cancellationToken) =>
        await _group.ListAsync(timeout, cancellationToken).ConfigureAwait(false) is not LeaseGroupReply.Found found ? null
        : found.Leases.TryGetValue(leaseName, out Lease? lease) ? new LeaseReply.Found(lease)
        : new LeaseReply.Absent();

    internal void Return(GroupedLease lease)
    {
        lock (_gate)
            _loans.Return(lease, _view);
    }

    private void Post(GroupInput input) => _inputs.Writer.TryWrite(input);

    private async Task RunAsync()
    {
        try
        {
            await foreach (GroupInput input in _inputs.Reader.ReadAllAsync(_stopping.Token).ConfigureAwait(false))
                Turn(input);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Nobody is interested any more.
        }
#pragma warning disable CA1031 // A bug of ours: elections go on without it, and must not end with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _reporter.LoopFailed(exception);
        }
    }

    private void Turn(GroupInput input)
    {
        ElectionTime now = _clock.Now;
        IReadOnlyList<ElectionOutput> outputs = _keeper.Handle(input, now);
        Publish(input);
        foreach (ElectionOutput output in outputs)
            CarryOut(output);
    }

    private void Publish(GroupInput input)
    {
        TaskCompletionSource? news = null;
        lock (_gate)
        {
            bool isNews = _keeper.View.News != _view.News;
            _view = _keeper.View;
            _loans.Tell(_keeper.Touched, input, _view);
            if (isNews)
                (news, _news) = (_news, NewSignal());
        }

        // Continuations run elsewhere: who looks must not hold up the loop.
        news?.SetResult();
    }

    private void CarryOut(ElectionOutput output)
    {
        switch (output)
        {
            case ElectionOutput.Read read:
                _listing = Task.Run(() => ListAsync(read.Timeout));
                break;
            case ElectionOutput.Watch watch:
                _watch.Open(watch.ResourceVersion);
                break;
            case ElectionOutput.WakeAt wake:
                _timer.Change(Pause(wake.Instant - _clock.Now.Monotonic), Timeout.InfiniteTimeSpan);
                break;
            case ElectionOutput.Report report:
                _reporter.Report(report.Event);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(output), output, "A group is only looked at.");
        }
    }

    private async Task ListAsync(TimeSpan timeout)
    {
        try
        {
            LeaseGroupReply reply = await _group.ListAsync(timeout, _stopping.Token).ConfigureAwait(false);
            Post(reply switch
            {
                LeaseGroupReply.Found found => new GroupInput.Listed(found.Leases, found.ResourceVersion),
                LeaseGroupReply.Failed failed => new GroupInput.ListFailed(failed.Error),
                _ => throw new ArgumentOutOfRangeException(nameof(timeout), reply, "The set of replies is closed."),
            });
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Nobody waits for the reply.
        }
#pragma warning disable CA1031 // A bug in a store must not end the list for ever.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _reporter.Threw(exception);
            Post(new GroupInput.ListFailed(
                new LeaseStoreError(LeaseStoreErrorKind.InvalidResponse, exception.Message) { Exception = exception }));
        }
    }

    /// <summary>Rounded up, as in <see cref="ElectionLoop"/>: a timer that fires early would have to be set again at once.</summary>
    private static TimeSpan Pause(TimeSpan pause) =>
        TimeSpan.FromMilliseconds(Math.Ceiling(Math.Clamp(pause.TotalMilliseconds, 0, 86_400_000)));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
