using System.Globalization;
using LeaseElection.Hosting.Election;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// Says how an election is doing from a snapshot: no I/O, so that an API server that is down never makes a probe slow. A standby is
/// healthy: readiness tied to leadership makes rolling updates wait for ever.
/// </summary>
internal sealed class LeaderElectionHealthCheck(LeaderElection election) : IHealthCheck
{
    /// <summary>How late an election may be to say itself that work overran.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ElectionSnapshot snapshot = election.Snapshot;

        // Nothing was published yet. A host that is slow to start is no reason to restart it: it may be migrating a database.
        if (election.Run is not { } run || (ReferenceEquals(snapshot, ElectionSnapshot.Initial) && !election.HasFailed))
        {
            return Task.FromResult(election.NotBegun is { } why
                ? HealthCheckResult.Degraded(why)
                : HealthCheckResult.Healthy("The election has not begun yet: its host is starting."));
        }

        TimeSpan now = run.Clock.Now.Monotonic;
        LeadershipTerm? term = election.Term;
        Dictionary<string, object> data = Data(run, snapshot, term, now);
        if (election.Members is { } members)
            data["members"] = members.Members.Count;
        PartitionHealth? shares = election.Partitions is { } partitions ? PartitionHealth.Of(partitions, run, now) : null;
        shares?.AddTo(data);
        if (election.HasFailed)
            return Unhealthy("The election ended by a bug: restart this process.");
        if (snapshot.HasOverrun)
            return Unhealthy("Work still runs although leadership was lost and another process may lead.");

        // By the clock, because an election that hangs publishes nothing any more.
        if (Hangs(election, run, now))
        {
            return Unhealthy(
                "The election hangs, or this process gets no CPU time: the term ran out and has not ended. Restart this process.");
        }

        if (shares?.Unhealthy is { } trouble)
            return Unhealthy(trouble);
        (bool healthy, string description) = Judge(run, snapshot, term, now);
        if (shares is not null)
            (healthy, description) = (healthy && shares.Degraded is null, $"{description} {shares.Degraded ?? shares.Summary}");
        return Task.FromResult(new HealthCheckResult(
            healthy ? HealthStatus.Healthy : HealthStatus.Degraded, description, exception: null, data));

        Task<HealthCheckResult> Unhealthy(string why) =>
            Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, why, exception: null, data));
    }

    /// <summary>
    /// Whether its term ran out so long ago that it should have said so itself. In a process that was frozen for longer than its term work
    /// is told late, and has its time from then on.
    /// </summary>
    public static bool Hangs(LeaderElection election, ElectionRun run, TimeSpan now)
    {
        if (election.Term is not { } term)
            return false;
        TimeSpan since = term.Validity.Deadline > election.Snapshot.At ? term.Validity.Deadline : election.Snapshot.At;
        return now > since + run.Settings.StopTimeout + Tolerance;
    }

    /// <summary>
    /// How long it may be without an answer: a watch that works tells nothing between two renewals of the holder, and one with a longer
    /// lease than ours renews less often (as <see cref="LeaseView.SilenceBy"/>).
    /// </summary>
    private static TimeSpan MostSilent(ElectorSettings settings, ElectionSnapshot snapshot)
    {
        if (snapshot.LastError is not null)
            return settings.LeaseDuration;
        double longer = snapshot.Record?.LeaseDurationSeconds / settings.LeaseDuration.TotalSeconds ?? 1;
        TimeSpan ofHolder = (settings.RenewInterval * 2 * Math.Max(longer, 1)) + ElectorSettings.RequestTimeout;
        return ofHolder > settings.LeaseDuration ? ofHolder : settings.LeaseDuration;
    }

    private static (bool Healthy, string Description) Judge(
        ElectionRun run, ElectionSnapshot snapshot, LeadershipTerm? term, TimeSpan now)
    {
        if (snapshot.State == LeaderElectionState.Draining)
            return (false, "Draining: work has been told to stop.");
        if (snapshot is { LastError: { } error, Holds: true })
            return (false, "Renewing the lease fails at present. " + error.Message);
        if (term is { IsHeld: false })
            return (false, "Leadership is in doubt until the next renewal succeeds.");
        if (snapshot.LastError is { Passes: false } refused)
            return (false, refused.Message);
        TimeSpan silent = now - (snapshot.AnsweredAt ?? snapshot.StartedAt);
        if (silent > MostSilent(run.Settings, snapshot) && snapshot.State != LeaderElectionState.Stopped)
        {
            return (false, string.Create(CultureInfo.InvariantCulture, $"No answer for {silent.TotalSeconds:0} s. ")
                + snapshot.LastError?.Message);
        }

        if (TakeOvers(run, snapshot) is >= TakeOverGuard.Suspicious and var deaths)
        {
            return (false, "The work seems to kill its leaders: "
                + string.Create(CultureInfo.InvariantCulture, $"{deaths} take-overs in a row from leaders that released nothing. ")
                + "Look at how the last leaders ended, and mend that (log id 887).");
        }

        return (true, snapshot.State switch
        {
            LeaderElectionState.Leading => "Leading.",
            LeaderElectionState.Stopped => "Stopped.",
            _ => snapshot.Record is { HasHolder: true } record ? $"Standing by; {record.HolderIdentity} leads." : "Standing by.",
        });
    }

    private static int TakeOvers(ElectionRun run, ElectionSnapshot snapshot) =>
        run.Settings.CountTakeOvers ? TakeOverGuard.CountOf(snapshot.Notes.GetValueOrDefault(TakeOverGuard.Key)) : 0;

    private static Dictionary<string, object> Data(ElectionRun run, ElectionSnapshot snapshot, LeadershipTerm? term, TimeSpan now)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["state"] = snapshot.State.ToString(),
            ["isLeader"] = term is { IsHeld: true },
            ["identity"] = run.Card.Identity,
            ["leaseName"] = run.Card.LeaseName,
            ["namespace"] = run.Card.LeaseNamespace,
            ["transitions"] = snapshot.Record?.LeaseTransitions ?? 0,
        };
        if (snapshot.Record is { HasHolder: true } record)
            data["holderIdentity"] = record.HolderIdentity!;
        if (TakeOvers(run, snapshot) is > 0 and var deaths)
            data["takeOversWithoutRelease"] = deaths;
        if (snapshot.RenewalSeenAt is { } seen)
            data["lastRenewAgeSeconds"] = Math.Round((now - seen).TotalSeconds, 1);
        if (term is not null)
            data["secondsLeft"] = Math.Round(term.TimeLeft.TotalSeconds, 1);
        if (snapshot.IsPrepared is { } prepared)
            data["isPrepared"] = prepared;
        if (snapshot.LastError is { } error)
            data["lastError"] = error.Message;
        return data;
    }
}
