using System.Globalization;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting;

/// <summary>
/// Turns what the core reports into telemetry, and into log lines: changes at Information, steady state at Debug, the first failure of a
/// row at Warning and its repetitions at Debug, unless the kind of failure changes.
/// </summary>
internal sealed class ElectionReporter(ILogger logger, ElectionTelemetry telemetry, ElectionRun run, WorkRunner work)
{
    private readonly (string Namespace, string Name) _lease = (run.Card.LeaseNamespace, run.Card.LeaseName);
    private LeaseStoreErrorKind? _lastKind;
    private LeaderElectionState _state;

    public void Started() => logger.Standing(_lease.Namespace, _lease.Name, run.Card.Identity);

    public void Stopped()
    {
        telemetry.Stopped();
        logger.Stopped(_lease.Namespace, _lease.Name);
    }

    public void Abandoned()
    {
        // A standby leaves nothing behind.
        if (_state is not (LeaderElectionState.Standby or LeaderElectionState.Stopped))
            logger.Abandoned(_state, _lease.Namespace, _lease.Name, work.StillRunning);
    }

    public void LoopFailed(Exception exception) => logger.LoopFailed(_lease.Namespace, _lease.Name, exception);

    public void StopHost(string reason) => logger.StopHost(reason, _lease.Namespace, _lease.Name);

    public void DangerCallbackFailed(Exception exception) => logger.DangerCallbackFailed(_lease.Namespace, _lease.Name, exception);

    public void Now(LeaderElectionState state) => _state = state;

    /// <summary>A turn is over, and all that it had to tell is told.</summary>
    public void Settle(ElectionTime now) => telemetry.Settle(_state, now);

    public void Report(ElectionEvent told)
    {
        telemetry.Observe(told);
        switch (told)
        {
            case ElectionEvent.BecameLeader e:
                logger.BecameLeader(
                    run.Card.Identity, _lease.Namespace, _lease.Name, e.Term.Transitions, e.Term.Token?.ToString() ?? "none");
                break;
            case ElectionEvent.NoFencingToken e:
                logger.NoFencingToken(_lease.Namespace, _lease.Name, e.ResourceVersion);
                break;
            case ElectionEvent.HolderChanged { HolderIdentity: { } holder }:
                logger.HolderChanged(holder, _lease.Namespace, _lease.Name);
                break;
            case ElectionEvent.HolderChanged:
                logger.HolderGone(_lease.Namespace, _lease.Name);
                break;
            case ElectionEvent.HolderProvenDead e:
                logger.HolderProvenDead(e.HolderIdentity, _lease.Namespace, _lease.Name);
                break;
            case ElectionEvent.LeadersDied e:
                logger.LeadersDied(_lease.Namespace, _lease.Name, e.InARow, e.HolderIdentity, NextTakeOver(e.Wait));
                break;
            case ElectionEvent.IdentityInUse:
                logger.IdentityInUse(_lease.Namespace, _lease.Name, run.Card.Identity);
                break;
            case ElectionEvent.Renewed e:
                logger.Renewed(_lease.Namespace, _lease.Name, e.Took.TotalMilliseconds);
                break;
            case ElectionEvent.RenewalFailed e:
                RenewalFailed(e);
                break;
            case ElectionEvent.StoreFailed e:
                StoreFailed(e);
                break;
            case ElectionEvent.StoreRecovered e:
                _lastKind = null;
                logger.StoreRecovered(_lease.Namespace, _lease.Name, e.Failures);
                break;
            case ElectionEvent.WatchDenied e:
                logger.WatchDenied(_lease.Namespace, _lease.Name, run.Settings.RetryPeriod.TotalSeconds, e.Error.Message);
                break;
            case ElectionEvent.WatchRestored:
                logger.WatchRestored(_lease.Namespace, _lease.Name);
                break;
            case ElectionEvent.WatchLost e:
                logger.WatchLost(_lease.Namespace, _lease.Name, e.Error?.Message ?? "it has been silent");
                break;
            default:
                ReportTerm(told);
                break;
        }
    }

    private void ReportTerm(ElectionEvent told)
    {
        switch (told)
        {
            case ElectionEvent.Draining e:
                logger.Draining(_lease.Namespace, _lease.Name, e.Reason.ToString());
                break;
            case ElectionEvent.LeadershipLost e:
                logger.LeadershipLost(_lease.Namespace, _lease.Name, e.Reason.ToString(), e.HolderIdentity ?? "nobody", Advice(e.Reason));
                break;
            case ElectionEvent.TermInDanger e:
                logger.TermInDanger(_lease.Namespace, _lease.Name, Seconds(e.Left));
                break;
            case ElectionEvent.WorkReturned e:
                logger.WorkReturned(work.NameOf(e.Work), _lease.Namespace, _lease.Name);
                break;
            case ElectionEvent.WorkEnded e:
                logger.WorkEnded(work.NameOf(e.Work), _lease.Namespace, _lease.Name);
                break;
            case ElectionEvent.WorkFaulted { Policy: { } policy } e:
                logger.WorkFaulted(work.NameOf(e.Work), _lease.Namespace, _lease.Name, policy, e.Exception);
                break;
            case ElectionEvent.WorkFaulted e:
                logger.WorkFailedWhileStopping(work.NameOf(e.Work), _lease.Namespace, _lease.Name, e.Exception);
                break;
            case ElectionEvent.WorkOverran e:
                logger.WorkOverran(
                    e.StopTimeout.TotalSeconds, _lease.Namespace, _lease.Name, work.StillRunning, run.Settings.WhenWorkOverruns);
                break;
            case ElectionEvent.OverrunEnded:
                logger.OverrunEnded(_lease.Namespace, _lease.Name);
                break;
            case ElectionEvent.Released:
                logger.Released(_lease.Namespace, _lease.Name);
                break;
            case ElectionEvent.NotReleased e:
                logger.NotReleased(_lease.Namespace, _lease.Name, e.Error?.Message ?? "There was no answer in time.");
                break;
            case ElectionEvent.GaveUp:
                break; // Whoever it stood for hears of it, and decides what that is worth.
            case ElectionEvent.StandsAgainIn e:
                logger.StandsAgain(_lease.Namespace, _lease.Name, Seconds(e.Pause));
                break;
            case ElectionEvent.NotesWritten e:
                logger.NotesWritten(e.Count, _lease.Namespace, _lease.Name);
                break;
            case ElectionEvent.NotesRefused e:
                logger.NotesRefused(_lease.Namespace, _lease.Name, string.Join(", ", e.Keys), e.Error.Message);
                break;
            case ElectionEvent.ClockJumped e:
                logger.ClockJumped(Seconds(e.By), _lease.Namespace, _lease.Name);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(told), told, "The set of events is closed.");
        }
    }

    private void RenewalFailed(ElectionEvent.RenewalFailed failed)
    {
        if (IsNews(failed.Error.Kind, failed.InARow))
            logger.RenewalFailed(_lease.Namespace, _lease.Name, Seconds(failed.Left), failed.Error.Message, failed.Error.Exception);
        else
            logger.RenewalFailedAgain(_lease.Namespace, _lease.Name, failed.InARow, Seconds(failed.Left), failed.Error.Message);
    }

    private void StoreFailed(ElectionEvent.StoreFailed failed)
    {
        if (IsNews(failed.Error.Kind, failed.InARow))
            logger.StoreFailed(_lease.Namespace, _lease.Name, failed.Error.Message, failed.Error.Exception);
        else
            logger.StoreFailedAgain(_lease.Namespace, _lease.Name, failed.InARow, failed.Error.Message);
    }

    private bool IsNews(LeaseStoreErrorKind kind, int inARow)
    {
        bool news = inARow == 1 || kind != _lastKind;
        _lastKind = kind;
        return news;
    }

    private static string Advice(StopReason reason) => reason switch
    {
        StopReason.DeadlinePassed => "no renewal succeeded in time. Look at what keeps the lease (the API server, or the disk), and at "
            + "CPU limits of this process and what blocks its thread pool",
        StopReason.OtherHolder => "somebody else wrote the lease. Who edits it, or uses its name?",
        StopReason.HolderCleared => "somebody emptied the holder of the lease. Who edits it?",
        StopReason.LeaseDeleted => "somebody deleted the lease. Grant nobody the verb delete on it",
        StopReason.IdentityInUse => "another process wrote it under our identity, or somebody edited it by hand. If nobody did, make "
            + "LeaderElection:Identity unique, or leave it out",
        StopReason.ClockJumped => "the machine was paused and the lease could not be renewed after it. Look at the hypervisor",
        StopReason.DrainTimedOut => "work did not stop in time: nobody leads until it has, or the lease has run out. It must return when "
            + "its token fires",
        _ => "see the messages before this one",
    };

    private string NextTakeOver(TimeSpan? wait) => wait is { } longer
        ? string.Create(CultureInfo.InvariantCulture, $"If that one ends so too, nobody leads for {Seconds(longer)} s longer than usual. ")
            + $"To have somebody lead without that wait: kubectl annotate lease -n {_lease.Namespace} {_lease.Name} "
            + $"term.leaseelection.dev/{TakeOverGuard.Key}-. "
            + "To be rid of it: LeaderElection:TakeOverBackoff=false"
        : "To have the next take-overs wait longer each time: LeaderElection:TakeOverBackoff=true";

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 1);
}
