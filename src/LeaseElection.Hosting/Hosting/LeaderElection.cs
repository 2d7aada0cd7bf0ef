using System.Runtime.CompilerServices;
using LeaseElection.Hosting.Members;
using LeaseElection.Hosting.Partitions;

namespace LeaseElection.Hosting;

/// <summary>What the app sees of an election. The loop publishes; readers never wait for it.</summary>
internal sealed class LeaderElection(string name) : ILeaderElection
{
    private readonly Lock _lock = new();
    private volatile ElectionSnapshot _snapshot = ElectionSnapshot.Initial;
    private volatile LeadershipTerm? _term;
    private TaskCompletionSource _changed = NewSignal();
    private bool _leadershipIsAwaited;
    private Func<CancellationToken, Task>? _stepDown;

    public string Name { get; } = name;

    public string Identity { get; private set; } = "";

    public string LeaseName => Run?.Card.LeaseName ?? "";

    public string LeaseNamespace => Run?.Card.LeaseNamespace ?? "";

    public bool IsLeader => Term is { IsHeld: true };

    public LeadershipTerm? Term => _term;

    public LeaderElectionStatus Status => _snapshot.ToStatus();

    /// <summary>What a health check reads.</summary>
    public ElectionSnapshot Snapshot => _snapshot;

    /// <summary>Ends with the next change of the status.</summary>
    public Task Changed => Look().Changed;

    /// <summary>Who is here; <see langword="null"/> where nobody asked to know.</summary>
    public ElectionMembers? Members { get; init; }

    /// <summary>Who owns which partition; <see langword="null"/> without partitioned work.</summary>
    public ElectionPartitions? Partitions { get; init; }

    /// <summary>Set when the host starts; until then there is nothing to say.</summary>
    public ElectionRun? Run { get; private set; }

    /// <summary>Called by the loop after each turn that changed what readers are told of. It must not hold up the loop.</summary>
    public Action? OnChange { get; init; }

    public void Attach(ElectionRun run, Func<CancellationToken, Task> stepDown)
    {
        Run = run;
        Identity = run.Card.Identity;
        _stepDown = stepDown;
    }

    /// <summary>Why the election has not begun, when it should have long ago. Of no account once it has.</summary>
    public string? NotBegun { get; set; }

    /// <summary>Whether the loop died of a bug: the health check is Unhealthy from then on.</summary>
    public bool HasFailed { get; private set; }

    public void Fail() => HasFailed = true;

    public void Publish(ElectionSnapshot snapshot, LeadershipTerm? term)
    {
        bool held = term is { IsHeld: true };
        bool news = !IsSame(snapshot.ToStatus(), _snapshot.ToStatus()) || term != _term;
        TaskCompletionSource changed;
        lock (_lock)
        {
            _snapshot = snapshot;
            _term = term;

            // A term in doubt after a clock jump is held again by a mere renewal, which is no change of the status.
            if (!news && !(held && _leadershipIsAwaited))
                return;
            _leadershipIsAwaited = false;
            changed = _changed;
            _changed = NewSignal();
        }

        // Continuations run elsewhere: a reader of WatchAsync must not hold up the loop.
        changed.SetResult();
        OnChange?.Invoke();
    }

    public async IAsyncEnumerable<LeaderElectionStatus> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        LeaderElectionStatus? told = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (ElectionSnapshot snapshot, _, Task changed) = Look();
            LeaderElectionStatus status = snapshot.ToStatus();
            if (told is null || !IsSame(told, status))
                yield return told = status;
            if (snapshot.State == LeaderElectionState.Stopped)
                yield break;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<LeadershipTerm> WaitForLeadershipAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (ElectionSnapshot snapshot, LeadershipTerm? term, Task changed) = Look(leadershipIsAwaited: true);
            if (term is { IsHeld: true })
                return term;
            if (snapshot.State == LeaderElectionState.Stopped)
            {
                throw new InvalidOperationException(
                    $"The election '{Name}' has stopped with its host: this process will not lead any more.");
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StepDownAsync(CancellationToken cancellationToken = default) =>
        _stepDown?.Invoke(cancellationToken) ?? Task.CompletedTask;

    private (ElectionSnapshot Snapshot, LeadershipTerm? Term, Task Changed) Look(bool leadershipIsAwaited = false)
    {
        lock (_lock)
        {
            _leadershipIsAwaited |= leadershipIsAwaited;
            return (_snapshot, _term, _changed.Task);
        }
    }

    private static bool IsSame(LeaderElectionStatus one, LeaderElectionStatus other) => WithoutLifeSigns(one) == WithoutLifeSigns(other);

    private static LeaderElectionStatus WithoutLifeSigns(LeaderElectionStatus status) =>
        status with { RenewedAt = null, RenewalSeenAt = null, ReadAt = null };

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
