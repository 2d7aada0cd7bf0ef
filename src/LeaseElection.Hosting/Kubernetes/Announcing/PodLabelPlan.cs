namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>
/// Decides which Pods shall bear the leader's label, and what to send for it next: a state to be reached and not a list of acts, so that
/// a late "off" of an old term never follows the "on" of a new one. Pure: no clock, no task, no request. One request at a time is under
/// way; after it has ended, or was given up, <see cref="Ended"/> is called.
/// </summary>
internal sealed class PodLabelPlan(string ownPod)
{
    /// <summary>
    /// Within this time a request that was given up, by this process or by the leader before it, may still be carried out: twice what
    /// a request has, and what the server was told to give it.
    /// </summary>
    public static readonly TimeSpan Doubt = 2 * AnnouncementSender.RequestTimeout;

    private const int Remembered = 16;

    private readonly PodLabelGoal _own = new(ownPod);

    /// <summary>
    /// Former holders, the latest last; they are cleared by a leader only, so that nobody clears a newer one than he knows.
    /// </summary>
    private readonly List<PodLabelGoal> _former = [];
    private TimeSpan _doubtUntil = TimeSpan.MinValue;
    private bool _leads;

    /// <summary>Whether the own Pod is as it shall be when this process does not lead.</summary>
    public bool IsWithdrawn => !_own.Leads && _own.IsConfirmed;

    /// <summary>When <see cref="Next"/> has something to send; <see cref="TimeSpan.MaxValue"/>: never.</summary>
    public TimeSpan DueAt => Goals.Min(goal => goal.DueAt);

    private IEnumerable<PodLabelGoal> Goals => _leads ? [_own, .. _former] : [_own];

    public void HolderSeen(string? pod)
    {
        if (pod is null || pod == ownPod)
            return;
        _former.RemoveAll(goal => goal.Pod == pod);
        _former.Add(new PodLabelGoal(pod));
        if (_former.Count > Remembered)
            _former.RemoveAt(0);
    }

    public void Began(TimeSpan now)
    {
        _leads = true;
        _own.Want(true);
        TakeInDoubt(now);
    }

    public void Ending()
    {
        _leads = false;
        _own.Want(false);
    }

    /// <summary>What to send now, the own Pod first; <see langword="null"/>: nothing.</summary>
    public PodLabelPatch? Next(TimeSpan now) =>
        Goals.FirstOrDefault(goal => goal.DueAt <= now) is { } goal ? new PodLabelPatch(goal.Pod, goal.Leads, now) : null;

    /// <summary>
    /// Whether a request that is under way is to be given up: what it asks for is no longer wanted, or must not be waited for.
    /// </summary>
    public bool IsStale(PodLabelPatch patch) => !Goals.Any(goal => goal.Pod == patch.Pod && goal.Leads == patch.Leads);

    public void Ended(PodLabelPatch patch, AnnouncementReply reply, TimeSpan now)
    {
        if (reply.Outcome == AnnouncementOutcome.Unknown)
            TakeInDoubt(now);
        if (Goals.FirstOrDefault(goal => goal.Pod == patch.Pod && goal.Leads == patch.Leads) is not { } goal)
            return;
        // Whoever has no Pod has no label.
        bool isSo = reply.Outcome == AnnouncementOutcome.Done || (reply.Outcome == AnnouncementOutcome.NotFound && !patch.Leads);
        if (isSo)
            goal.Confirm(settled: patch.SentAt >= _doubtUntil, _doubtUntil);
        else
            goal.Fail(now, reply.RetryAfter);
        _former.RemoveAll(former => former.IsReached);
    }

    /// <summary>What was confirmed before must be confirmed once more, when nothing can come after it.</summary>
    private void TakeInDoubt(TimeSpan now)
    {
        _doubtUntil = now + Doubt;
        if (_own.IsReached)
            _own.Repeat(_doubtUntil);
    }
}
