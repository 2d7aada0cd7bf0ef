using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Groups;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Members;

/// <summary>
/// Shows the others that this process is here: an election without work and without rivals over a lease of its own. Nothing of it touches
/// the election whose member this is.
/// </summary>
internal sealed class MemberPresence : IAsyncDisposable
{
    /// <summary><see cref="ElectionLog.LoopFailed"/>.</summary>
    private const int LoopFailed = 118;

    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(1);

    private readonly LeaderElection _presence = new("");
    private readonly LeaseGroupWatch _watch;
    private readonly GroupedLease _lease;
    private readonly ElectionRun _whole;
    private readonly ElectionLoop _loop;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ended = new();
    private Task _following = Task.CompletedTask;
    private Task _left = Task.CompletedTask;

    /// <param name="watch">The group that the lease is of.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="run">What is fixed for it.</param>
    /// <param name="whole">What is fixed for the election whose member this is: what log lines are of.</param>
    /// <param name="parts">What a loop works with, without work.</param>
    public MemberPresence(LeaseGroupWatch watch, GroupedLease lease, ElectionRun run, ElectionRun whole, ElectionParts parts)
    {
        (_watch, _lease, _whole, _logger) = (watch, lease, whole, parts.Logger);
        _loop = new ElectionLoop(run, _presence, parts with
        {
            Store = lease,
            Works = [],
            Telemetry = ElectionTelemetry.Silent(_presence, run),
            Announcements = new LeadershipAnnouncements([]),
            Logger = new QuietLogger(parts.Logger, IsToldElsewhere),
            Memory = lease.Memory,
        });
    }

    /// <summary>Ends when it has left, or could not and is given up.</summary>
    public Task Left => _left;

    public void Begin()
    {
        _loop.Start();
        using (ExecutionContext.SuppressFlow())
        {
            _left = Task.Run(LeaveAsync);
            _following = Task.Run(FollowAsync);
        }
    }

    /// <summary>The others are to know at once that this process stops. Returns at once.</summary>
    public void Leave() => _loop.RequestShutDown();

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _loop.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_left, _following).ConfigureAwait(false);
        _ended.Dispose();
    }

    /// <summary>
    /// A lease that nobody will ever renew is of no use to anybody. Without the right to delete it the leader clears it away, or Kubernetes
    /// does with the Pod.
    /// </summary>
    private async Task LeaveAsync()
    {
        await _loop.Completion.ConfigureAwait(false);
        if (_ended.IsCancellationRequested || _lease.Memory.View.Latest is not { Record.HasHolder: false } lease
            || !_lease.Memory.Own.Contains(lease))
            return;
        try
        {
            if (await _watch.DeleteAsync(_lease.Name, lease, DeleteTimeout).ConfigureAwait(false) is LeaseReply.Failed failed)
                _logger.PresenceNotDeleted(_lease.Name, _whole.Card.LeaseNamespace, _whole.Card.LeaseName, failed.Error.Message);
        }
#pragma warning disable CA1031 // The host stops, whatever the store does.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _logger.PresenceNotDeleted(_lease.Name, _whole.Card.LeaseNamespace, _whole.Card.LeaseName, exception.Message);
        }
    }

    /// <summary>
    /// All that goes wrong with it is one thing to people, and <see cref="FollowAsync"/> tells it. But for a bug of ours.
    /// </summary>
    private static bool IsToldElsewhere(int eventId) => eventId != LoopFailed;

    /// <summary>Tells once that the others do not see this process, and once that they do again.</summary>
    private async Task FollowAsync()
    {
        LeaseStoreErrorKind? told = null;
        while (true)
        {
            Task changed = _presence.Changed;
            ElectionSnapshot snapshot = _presence.Snapshot;
            if (snapshot.State == LeaderElectionState.Stopped)
                return;
            if (snapshot.LastError is { } error && error.Kind != told && !(snapshot.Holds && error.Passes))
            {
                told = error.Kind;
                _logger.PresenceNotWritten(_whole.Card.LeaseNamespace, _whole.Card.LeaseName, error.Message);
            }
            else if (told is not null && snapshot is { LastError: null, Holds: true })
            {
                told = null;
                _logger.PresenceWritten(_whole.Card.LeaseNamespace, _whole.Card.LeaseName);
            }

            await changed.ConfigureAwait(false);
        }
    }
}
