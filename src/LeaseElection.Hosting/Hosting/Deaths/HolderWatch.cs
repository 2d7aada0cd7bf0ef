using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Deaths;

/// <summary>
/// Follows the Pod of the holder while this process stands by, as <see cref="DeathKeeper"/> says, and tells the core of a death that it
/// proves. Beside the election: whatever happens here, the lease runs out in its time.
/// </summary>
/// <param name="deaths">Where it looks.</param>
/// <param name="run">The election.</param>
/// <param name="post">Hands on the version whose holder is dead.</param>
/// <param name="logger">Is told of the first failure of a row, and of proofs.</param>
internal sealed class HolderWatch(HolderDeaths deaths, ElectionRun run, Action<string> post, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Twice as long each time up to here, where it breaks soon: all who stand by ask a server that is in trouble.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(16);

    /// <summary>One that lasts longer is of use, whatever breaks it again and again: a proxy that closes what is idle.</summary>
    private static readonly TimeSpan ShortLived = TimeSpan.FromSeconds(10);

    /// <summary>The server closes a watch after five minutes at most: one that is still there has lost its connection.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5.5);

    private readonly Lock _lock = new();
    private readonly DeathKeeper _keeper = new(deaths.Own);
    private CancellationTokenSource _cancel = new();
    private Task _following = Task.CompletedTask;
    private HeldTerm? _followed;
    private string? _told;
    private string? _misnamed;
    private LeaseStoreErrorKind? _warned;
    private TimeSpan _nextPause = Pause;
    private bool _stopped;

    /// <summary>After each turn of the loop.</summary>
    public void Look(LeaderElectionState state, Lease? lease)
    {
        lock (_lock)
        {
            _keeper.Look(lease, state is LeaderElectionState.Standby or LeaderElectionState.TakingOver, run.Clock.Now.Monotonic);
            if (!ReferenceEquals(_keeper.Wanted, _followed))
                Follow(_keeper.Wanted);
            Tell();
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_stopped)
                return;
            _stopped = true;
            Follow(null);
        }

        await _following.ConfigureAwait(false);
        await deaths.Pods.DisposeAsync().ConfigureAwait(false);
        _cancel.Dispose();
    }

    /// <summary>Under the lock.</summary>
    private void Follow(HeldTerm? term)
    {
        (CancellationTokenSource previousCancel, Task previous) = (_cancel, _following);
        Task cancelled = previousCancel.CancelAsync(); // What it has registered runs elsewhere.
        _followed = term;
        TimeSpan wait = _keeper.FollowFrom - run.Clock.Now.Monotonic;
        _cancel = new CancellationTokenSource();
        CancellationToken token = _cancel.Token;
        _following = Task.Run(async () =>
        {
            await cancelled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // As in WatchRunner.
            await previous.ConfigureAwait(false);
            previousCancel.Dispose();
            if (term is not null)
                await FollowAsync(term, wait, token).ConfigureAwait(false);
        });
    }

    /// <summary>Until the Pod is gone, or its term: one that is gone does not come back with the same uid.</summary>
    private async Task FollowAsync(HeldTerm term, TimeSpan wait, CancellationToken token)
    {
        try
        {
            // A millisecond more, because timers count in these, and a look that begins early is worth nothing.
            await Task.Delay(wait + TimeSpan.FromMilliseconds(1), run.Clock.TimeProvider, token).ConfigureAwait(false);
            logger.HolderFollowed(term.Process.Pod, term.Holder, run.Card.LeaseNamespace, run.Card.LeaseName);
            while (await FollowOnceAsync(term, token).ConfigureAwait(false) is { } pause)
                await Task.Delay(pause, run.Clock.TimeProvider, token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Another term, or none.
        }
#pragma warning disable CA1031 // A bug of ours: the election goes on without proofs, and its host stops in good order.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.HolderWatchFailed(run.Card.LeaseNamespace, run.Card.LeaseName, exception);
        }
    }

    /// <returns>How long to wait before the next look; <see langword="null"/>: the Pod is gone.</returns>
    private async Task<TimeSpan?> FollowOnceAsync(HeldTerm term, CancellationToken token)
    {
        TimeSpan began = run.Clock.Now.Monotonic;
        using var limit = new CancellationTokenSource(Longest, run.Clock.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
        try
        {
            bool isGone = false;
            bool isWatched = false; // What comes first was read, which says nothing of the watch.
            await foreach (PodFacts? pod in deaths.Pods.FollowAsync(term.Process.Pod, linked.Token).ConfigureAwait(false))
            {
                See(term, pod, isWatched);
                (isWatched, isGone) = (true, pod is null);
            }
            Works(term);

            if (isGone)
                return null;
        }
        catch (LeaseWatchException exception)
        {
            token.ThrowIfCancellationRequested();
            return Fail(term, exception.Error, run.Clock.Now.Monotonic - began);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            // It tells nothing any more.
        }

        TimeSpan lasted = run.Clock.Now.Monotonic - began;
        if (lasted >= ShortLived)
            _nextPause = Pause;
        return lasted < Pause ? Pause : TimeSpan.Zero;
    }

    private void See(HeldTerm term, PodFacts? pod, bool isWatched)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(term, _followed))
                return;
            string before = _keeper.Proof.Why;
            _keeper.See(term, pod);
            if (isWatched)
                Works(term);
            if (_keeper.Proof is { End: null } proof && proof.Why != before)
                TellWhyNot(term, proof);
            Tell();
        }
    }

    /// <summary>The watch told something, or was ended in good order. It may be under the lock already.</summary>
    private void Works(HeldTerm term)
    {
        lock (_lock)
        {
            if (_warned is null || !ReferenceEquals(term, _followed))
                return;
            logger.HolderWatchRestored(run.Card.LeaseNamespace, run.Card.LeaseName);
            _warned = null;
        }
    }

    /// <summary>Under the lock. A name that is wrong is told of once: the terms after this one have the same configuration.</summary>
    private void TellWhyNot(HeldTerm term, DeathProof proof)
    {
        if (proof.IsMisnamed && _misnamed != term.Process.Container)
        {
            _misnamed = term.Process.Container;
            logger.HolderContainerUnknown(term.Holder, run.Card.LeaseNamespace, run.Card.LeaseName, term.Process.Pod, proof.Why);
        }
        else
        {
            logger.HolderNotProvenDead(term.Holder, run.Card.LeaseNamespace, run.Card.LeaseName, term.Process.Pod, proof.Why);
        }
    }

    /// <summary>Under the lock.</summary>
    private void Tell()
    {
        if (_keeper.ProvenVersion is not { } version || version == _told)
            return;
        _told = version;
        HeldTerm term = _keeper.Wanted!;
        logger.HolderContainerEnded(
            term.Holder, run.Card.LeaseNamespace, run.Card.LeaseName, term.Process.Container, term.Process.Pod,
            _keeper.Proof.End!.Finished);
        post(version);
    }

    /// <summary>
    /// How long to wait then: a right that is missing is not granted within a second. And no longer, whatever a proxy asks for: until then
    /// a leader that dies costs the whole lease. What is wrong for good is said even where it was something else that was wrong before.
    /// </summary>
    private TimeSpan Fail(HeldTerm term, LeaseStoreError error, TimeSpan lasted)
    {
        lock (_lock)
        {
            TimeSpan own = lasted < ShortLived ? _nextPause : Pause;
            _nextPause = 2 * own < LongestPause ? 2 * own : LongestPause;
            TimeSpan asked = error.IsLasting ? ElectorSettings.WatchDeniedPause : error.RetryAfter ?? TimeSpan.Zero;
            var pause = TimeSpan.FromTicks(Math.Clamp(asked.Ticks, own.Ticks, ElectorSettings.WatchDeniedPause.Ticks));
            if (_warned is null || (error.IsLasting && _warned != error.Kind))
            {
                _warned = error.Kind;
                logger.HolderNotFollowed(term.Process.Pod, pause.TotalSeconds, run.Card.LeaseNamespace, run.Card.LeaseName, error.Message);
            }
            else
            {
                logger.HolderNotFollowedAgain(term.Process.Pod, run.Card.LeaseNamespace, run.Card.LeaseName, error.Message);
            }
            return pause;
        }
    }
}
