namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>What one Pod shall bear, and when that is to be sent.</summary>
internal sealed class PodLabelGoal(string pod)
{
    private static readonly TimeSpan Never = TimeSpan.MaxValue;

    private int _failures;

    public string Pod => pod;

    /// <summary>Whether it shall bear the label.</summary>
    public bool Leads { get; private set; }

    /// <summary>When the next request is due.</summary>
    public TimeSpan DueAt { get; private set; } = TimeSpan.MinValue;

    /// <summary>Whether the server has said that it is so, and nothing sent earlier can undo it.</summary>
    public bool IsReached => DueAt == Never;

    /// <summary>Whether the server has said that it is so.</summary>
    public bool IsConfirmed { get; private set; }

    public void Want(bool leads)
    {
        if (Leads == leads && !IsConfirmed)
            return; // On its way already, at the pace of its failures.
        (Leads, IsConfirmed, DueAt, _failures) = (leads, false, TimeSpan.MinValue, 0);
    }

    /// <summary>It is to be sent again later, because something sent before may still be carried out.</summary>
    public void Repeat(TimeSpan at) => DueAt = at;

    /// <param name="settled">Whether it was sent when nothing sent before could come after it.</param>
    /// <param name="repeatAt">When to send it again otherwise.</param>
    public void Confirm(bool settled, TimeSpan repeatAt) => (IsConfirmed, _failures, DueAt) = (true, 0, settled ? Never : repeatAt);

    public void Fail(TimeSpan now, TimeSpan? retryAfter) => DueAt = now + AnnouncementPause.After(++_failures, retryAfter);
}
