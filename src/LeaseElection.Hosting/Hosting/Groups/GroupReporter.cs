using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Groups;

/// <summary>
/// Turns what <see cref="GroupKeeper"/> reports into log lines, as <see cref="ElectionReporter"/> does: the first failure of a row at
/// Warning, its repetitions at Debug unless the kind of failure changes.
/// </summary>
internal sealed class GroupReporter(ElectionRun run, ILogger logger)
{
    private readonly (string Namespace, string Name) _lease = (run.Card.LeaseNamespace, run.Card.LeaseName);
    private LeaseStoreErrorKind? _lastKind;

    public void Threw(Exception exception) => logger.GroupThrew(_lease.Namespace, _lease.Name, exception);

    public void LoopFailed(Exception exception) => logger.GroupLoopFailed(_lease.Namespace, _lease.Name, exception);

    public void Report(ElectionEvent told)
    {
        switch (told)
        {
            case ElectionEvent.StoreFailed failed when failed.Error.Kind != _lastKind:
                _lastKind = failed.Error.Kind;
                logger.GroupListFailed(_lease.Namespace, _lease.Name, failed.Error.Message, failed.Error.Exception);
                break;
            case ElectionEvent.StoreFailed failed:
                logger.GroupListFailedAgain(_lease.Namespace, _lease.Name, failed.InARow, failed.Error.Message);
                break;
            case ElectionEvent.StoreRecovered recovered:
                _lastKind = null;
                logger.GroupListRecovered(_lease.Namespace, _lease.Name, recovered.Failures);
                break;
            case ElectionEvent.WatchDenied denied:
                logger.GroupWatchDenied(_lease.Namespace, _lease.Name, run.Settings.RetryPeriod.TotalSeconds, denied.Error.Message);
                break;
            case ElectionEvent.WatchRestored:
                logger.GroupWatchRestored(_lease.Namespace, _lease.Name);
                break;
            case ElectionEvent.WatchLost lost:
                logger.GroupWatchLost(_lease.Namespace, _lease.Name, lost.Error?.Message ?? "it has been silent");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(told), told, "A group tells of nothing else.");
        }
    }
}
