using System.Diagnostics;
using LeaseElection.Hosting.Election;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// One short span for each change of hands: taking over, draining, releasing. Never one for a term, which lasts for days, nor for a
/// renewal, of which there is one every few seconds for ever. A span is made when it has ended, with the times it had: a take-over that
/// came to nothing leaves none.
/// </summary>
/// <param name="source">Where spans come from; <see langword="null"/>: there are none (a rehearsal).</param>
/// <param name="run">What is fixed for the election.</param>
internal sealed class ElectionActivities(ActivitySource? source, ElectionRun run)
{
    public const string TakeOver = "leader_election.take_over";
    public const string Drain = "leader_election.drain";
    public const string Release = "leader_election.release";

    /// <summary>For as long as the process lives, as listeners expect of a source.</summary>
    public static readonly ActivitySource Source = new(LeaderElectionTelemetry.ActivitySourceName, LibraryVersion.Current);

    private ElectionTime? _takingOver;
    private ElectionTime? _draining;
    private ElectionTime? _releasing;
    private StopReason _reason;
    private bool _lost;
    private ActivityContext _takeOver;
    private ActivityContext _drain;

    public void Observe(ElectionEvent told)
    {
        switch (told)
        {
            case ElectionEvent.BecameLeader became:
                (_lost, _drain) = (false, default);
                _takeOver = End(TakeOver, ref _takingOver, TelemetryTags.FencingToken, became.Term.Token, error: null);
                break;
            case ElectionEvent.Draining draining:
                _reason = draining.Reason;
                _draining ??= run.Clock.Now;
                break;
            case ElectionEvent.LeadershipLost lost:
                (_reason, _lost) = (lost.Reason, true);
                _draining ??= run.Clock.Now;
                break;
            case ElectionEvent.Released:
                End(Release, ref _releasing, null, null, error: null);
                break;
            case ElectionEvent.NotReleased notReleased:
                End(Release, ref _releasing, null, null, ErrorOf(notReleased));
                break;
        }
    }

    /// <summary>After each turn: what began with it, and what ended.</summary>
    public void Settle(LeaderElectionState state, ElectionTime now)
    {
        if (state != LeaderElectionState.Draining && _draining is not null)
        {
            string reason = TagValue<StopReason>.Of(_reason);
            _drain = End(Drain, ref _draining, TelemetryTags.Reason, reason, _lost ? reason : null);
        }

        Keep(ref _takingOver, state == LeaderElectionState.TakingOver, now);
        Keep(ref _releasing, state == LeaderElectionState.Releasing, now);
    }

    private static void Keep(ref ElectionTime? since, bool lasts, ElectionTime now)
    {
        if (!lasts)
            since = null;
        else
            since ??= now;
    }

    private static string ErrorOf(ElectionEvent.NotReleased notReleased) =>
        notReleased.Error is { } error ? TagValue<Leases.LeaseStoreErrorKind>.Of(error.Kind) : TelemetryTags.OtherError;

    private ActivityContext End(string name, ref ElectionTime? began, string? tag, object? value, string? error)
    {
        if (began is not { } since)
            return default;
        began = null;
        if (source is null || !source.HasListeners())
            return default;

        // Parents are explicit: whatever happens to be current here has nothing to do with the election.
        Activity? outer = Activity.Current;
        Activity.Current = null;
        try
        {
            return Emit(source, name, since, tag, value, error);
        }
#pragma warning disable CA1031 // A listener of the app that fails must cost a span, not the term.
        catch
#pragma warning restore CA1031
        {
            return default;
        }
        finally
        {
            Activity.Current = outer;
        }
    }

    /// <summary>
    /// A release belongs to the trace of the drain before it. A drain is a trace of its own that links to the take-over of its term: one
    /// trace that is days long is more than what stores of traces can put together.
    /// </summary>
    private ActivityContext Emit(ActivitySource from, string name, ElectionTime since, string? tag, object? value, string? error)
    {
        using Activity? activity = from.StartActivity(
            name,
            ActivityKind.Internal,
            parentContext: name == Release ? _drain : default,
            links: name == Drain && _takeOver != default ? [new ActivityLink(_takeOver)] : null,
            startTime: since.Wall);
        if (activity is null)
            return default;
        activity.SetTag(TelemetryTags.LeaseName, run.Card.LeaseName);
        activity.SetTag(TelemetryTags.LeaseNamespace, run.Card.LeaseNamespace);
        if (tag is not null && value is not null)
            activity.SetTag(tag, value.ToString());
        if (error is not null)
            activity.SetTag(TelemetryTags.ErrorType, error).SetStatus(ActivityStatusCode.Error);

        // The wall clock may have been set meanwhile: how long it took is the monotonic clock's to say.
        activity.SetEndTime((since.Wall + (run.Clock.Now.Monotonic - since.Monotonic)).UtcDateTime);
        return activity.Context;
    }
}
