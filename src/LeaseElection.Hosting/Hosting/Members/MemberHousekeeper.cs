using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Groups;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Members;

/// <summary>
/// On the leader, clears away the leases of former members, if it has the right. What is one, <see cref="PresenceHousekeeping"/> says.
/// </summary>
internal sealed class MemberHousekeeper(LeaseGroupWatch watch, ElectionRun run, Func<bool> leads, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _own = Configuration.MemberLeaseName.Of(run.Card.LeaseName, run.Card.Identity);
    private Task _running = Task.CompletedTask;

    public void Begin()
    {
        using (ExecutionContext.SuppressFlow())
            _running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            do
                await Alarm.WaitAsync(run.Clock.TimeProvider, PresenceHousekeeping.Pace, _stopping.Token).ConfigureAwait(false);
            while (await SweepAsync().ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The host stops.
        }
#pragma warning disable CA1031 // A bug of ours costs a few leases that stay, and nothing else.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.HousekeepingFailed(run.Card.LeaseNamespace, run.Card.LeaseName, exception);
        }
    }

    /// <returns>Whether it is any use to go on: not without the right.</returns>
    private async Task<bool> SweepAsync()
    {
        _stopping.Token.ThrowIfCancellationRequested();
        IReadOnlyList<GroupLease> stale = PresenceHousekeeping.Stale(
            watch.View, run.Clock.Now.Monotonic, leads(),
            lease => lease.Name != _own && MemberList.IsPresence(lease, run.Card.LeaseName));
        foreach (GroupLease lease in stale)
        {
            _stopping.Token.ThrowIfCancellationRequested();
            LeaseReply reply = await watch.DeleteAsync(lease.Name, lease.Lease, ElectorSettings.RequestTimeout).ConfigureAwait(false);
            switch (reply)
            {
                case LeaseReply.Absent:
                    logger.StalePresenceDeleted(lease.Name, run.Card.LeaseNamespace, run.Card.LeaseName, lease.Holder ?? "released");
                    break;
                case LeaseReply.Failed { Error.Kind: LeaseStoreErrorKind.Forbidden } denied:
                    logger.StalePresenceKept(run.Card.LeaseNamespace, run.Card.LeaseName, denied.Error.Message);
                    return false;
                case LeaseReply.Failed failed:
                    logger.PresenceNotDeleted(lease.Name, run.Card.LeaseNamespace, run.Card.LeaseName, failed.Error.Message);
                    return true;
                case LeaseReply.Unknown unknown:
                    logger.PresenceNotDeleted(lease.Name, run.Card.LeaseNamespace, run.Card.LeaseName, unknown.Error.Message);
                    return true;
            }
        }

        return true;
    }
}
