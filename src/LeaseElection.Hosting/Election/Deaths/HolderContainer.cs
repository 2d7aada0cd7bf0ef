using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election.Deaths;

/// <summary>
/// Which container of its Pod a process is in: the one that was shown to run when the process did. Times alone do not tell. Where a
/// kubelet gives up on a start that the runtime carries out all the same, two containers of one name run (kubernetes/kubernetes#139670),
/// and a start that fails is told of as a container that ran from 1970 on (kubernetes/kubernetes#120331): the process lives on when such
/// a one has ended.
/// </summary>
/// <param name="holder">The process.</param>
internal sealed class HolderContainer(HolderProcess holder)
{
    private string? _ranSinceThen;
    private bool _isOneOfTwo;

    /// <summary>What the runtime calls it; <see langword="null"/>: that is not known.</summary>
    public string? Id => _isOneOfTwo ? null : _ranSinceThen;

    /// <summary>Takes note of what the Pod tells.</summary>
    public void See(PodFacts pod)
    {
        if (pod.Uid != holder.PodUid || pod.Named(holder.Container) is not { } container)
            return;
        _isOneOfTwo |= container.OlderRuns;
        if (container.RunningSince <= holder.RanAt)
            _ranSinceThen = container.RunningId; // The last one that fits: those before it have ended before it began.
    }
}
