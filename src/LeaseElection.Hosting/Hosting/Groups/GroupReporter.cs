using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Groups;

/// <summary>
/// Turns what <see cref="GroupKeeper"/> reports into log lines, as <see cref="ElectionReporter"/> does: the first failure of a row at
/// Warning, its repetitions at Debug unless the kind of failure changes.
/// </summary>
internal sealed class GroupReporter(string group, TimeSpan retryPeriod, ILogger logger)
{
    private LeaseStoreErrorKind? _lastKind;

    public void Threw(Exception exception) => logger.GroupThrew(group, exception);

    public void LoopFailed(Exception exception) => logger.GroupLoopFailed(group, exception);

    public void Report(ElectionEvent told)
    {
        switch (told)
        {
            case ElectionEvent.StoreFailed failed when failed.Error.Kind != _lastKind:
                _lastKind = failed.Error.Kind;
                logger.GroupListFailed(group, failed.Error.Message, failed.Error.Exception);
                break;
            case ElectionEvent.StoreFailed failed:
                logger.GroupListFailedAgain(group, failed.InARow, failed.Error.Message);
                break;
            case ElectionEvent.StoreRecovered recovered:
                _lastKind = null;
                logger.GroupListRecovered(group, recovered.Failures);
                break;
            case ElectionEvent.WatchDenied denied:
                logger.GroupWatchDenied(group, retryPeriod.TotalSeconds, denied.Error.Message);
                break;
            case ElectionEvent.WatchRestored:
                logger.GroupWatchRestored(group);
                break;
            case ElectionEvent.WatchLost lost:
                logger.GroupWatchLost(group, lost.Error?.Message ?? "it has been silent");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(told), told, "A group tells of nothing else.");
        }
    }
}
