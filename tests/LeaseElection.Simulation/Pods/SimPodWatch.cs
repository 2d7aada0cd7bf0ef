using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>One watch of one Pod, by one process: events in order, each after some delay, until it breaks.</summary>
internal sealed class SimPodWatch(World world, Node node, string name, Action<PodFacts?> told)
{
    private TimeSpan _toldUntil;

    public bool IsOpen { get; set; } = true;

    public void Tell(string pod, PodFacts? facts)
    {
        if (!IsOpen || pod != name)
            return;
        if (node.Link.IsCut || node.Link.WatchesAreSilent)
        {
            IsOpen = false; // It has missed something, and tells nothing any more.
            return;
        }

        TimeSpan at = world.Now + world.Latency() + node.Link.WatchLag;
        _toldUntil = at > _toldUntil ? at : _toldUntil;
        world.At(_toldUntil, () => told(facts));
    }
}
