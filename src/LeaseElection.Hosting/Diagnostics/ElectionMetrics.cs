using System.Diagnostics;
using System.Diagnostics.Metrics;
using LeaseElection.Hosting.Election;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// Turns what happens in one election into measurements: each term begins once (<c>acquired</c>) and ends once (<c>lost</c> or
/// <c>released</c>). Allocates nothing, and builds no tags where nobody listens.
/// </summary>
/// <param name="instruments">What is measured with; <see langword="null"/>: nothing (a rehearsal).</param>
/// <param name="election">The election.</param>
/// <param name="run">What is fixed for it.</param>
/// <param name="whole">
/// For one partition, what is fixed for the election it is of, whose lease then stands for all of them: a time series for each partition
/// and each instrument would be a thousand of them.
/// </param>
internal sealed class ElectionMetrics(
    ElectionInstruments? instruments, LeaderElection election, ElectionRun run, ElectionRun? whole = null)
{
    private readonly TagList _lease =
    [
        new(TelemetryTags.LeaseName, (whole ?? run).Card.LeaseName),
        new(TelemetryTags.LeaseNamespace, (whole ?? run).Card.LeaseNamespace),
    ];

    private readonly Counter<long>? _transitions = whole is null ? instruments?.Transitions : instruments?.PartitionMoves;
    private readonly Histogram<double>? _termDuration = whole is null ? instruments?.TermDuration : null;

    private TimeSpan? _ledSince;
    private StopReason _reason;

    public bool WantsRequests => instruments is { RequestDuration.Enabled: true };

    public void Observe(ElectionEvent told)
    {
        switch (told)
        {
            case ElectionEvent.BecameLeader:
                _ledSince = run.Clock.Now.Monotonic;
                if (_transitions is { Enabled: true })
                    _transitions.Count([.. _lease, new(TelemetryTags.Transition, TelemetryTags.Acquired)]);
                break;
            case ElectionEvent.Draining draining:
                _reason = draining.Reason;
                break;
            case ElectionEvent.LeadershipLost lost:
                EndTerm(TelemetryTags.Lost, TagValue<StopReason>.Of(lost.Reason));
                break;
            case ElectionEvent.TermInDanger when instruments is { TermDangers.Enabled: true }:
                instruments.TermDangers.Count(_lease);
                break;
            case ElectionEvent.WorkFaulted faulted:
                WorkFaulted(faulted.Exception);
                break;
            case ElectionEvent.NotesWritten written when instruments is { Notes.Enabled: true }:
                instruments.Notes.Count(_lease, written.Count);
                break;
            case ElectionEvent.WorkOverran when instruments is { WorkOverruns.Enabled: true }:
                instruments.WorkOverruns.Count(_lease);
                break;
        }
    }

    /// <summary>After each turn. A term that is over and was not lost was given up, its work having returned.</summary>
    public void Settle(LeaderElectionState state)
    {
        if (state is not (LeaderElectionState.Leading or LeaderElectionState.Draining))
            EndTerm(TelemetryTags.Released, TagValue<StopReason>.Of(_reason));
    }

    /// <summary>The election has ended. A term that has not been is abandoned.</summary>
    public void Stopped() => EndTerm(TelemetryTags.Lost, TelemetryTags.Abandoned);

    /// <summary>On any thread.</summary>
    public void WorkFaulted(Exception exception)
    {
        if (instruments is { WorkFaults.Enabled: true })
            instruments.WorkFaults.Count([.. _lease, new(TelemetryTags.ErrorType, instruments.ErrorTypes.Of(exception))]);
    }

    /// <summary>On any thread.</summary>
    public void RequestEnded(string operation, TimeSpan took, string? error)
    {
        if (instruments is not { RequestDuration.Enabled: true })
            return;
        TagList tags = _lease;
        tags.Add(TelemetryTags.Operation, operation);
        if (error is not null)
            tags.Add(TelemetryTags.ErrorType, error);
        instruments.RequestDuration.Measure(took, tags);
    }

    private void EndTerm(string transition, string reason)
    {
        if (_ledSince is not { } since)
            return;
        _ledSince = null;
        TagList tags = _lease;
        tags.Add(TelemetryTags.Reason, reason);
        if (_termDuration is { Enabled: true })
            _termDuration.Measure(HeldUntil() - since, tags);
        tags.Add(TelemetryTags.Transition, transition);
        if (_transitions is { Enabled: true })
            _transitions.Count(tags);
    }

    /// <summary>A process that was frozen notices the end of its term late; the term ended at its deadline all the same.</summary>
    private TimeSpan HeldUntil()
    {
        TimeSpan now = run.Clock.Now.Monotonic;
        return election.Term is { } term && term.Validity.Deadline < now ? term.Validity.Deadline : now;
    }
}
