using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>One open watch: events in order, each after some delay, until it falls silent, breaks or is closed.</summary>
internal sealed class ServerWatch(World world, SimProcess process)
{
    private TimeSpan _toldUntil;
    private LeaseEvent? _newest;

    public Node Node => process.Node;

    /// <summary>Whether the connection is there for the client. A silent watch is.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>The connection is alive and nothing comes through any more.</summary>
    public bool IsSilent { get; set; }

    public void Tell(LeaseEvent happened)
    {
        // What a cut connection has missed never comes: TCP would send it again, but a watch that has lost its server does not.
        IsSilent |= Node.Link.WatchesAreSilent || Node.Link.IsCut;
        if (!IsOpen || IsSilent)
            return;
        if (happened is LeaseEvent.Bookmark || !world.Scenario.WatchesLook)
        {
            Deliver(new ElectionInput.Watched(happened));
            return;
        }

        LeaseEvent look = _newest = happened with { HasGaps = true };
        Deliver(new ElectionInput.Watched(look), isOld: () => look != _newest);
    }

    public void End() => Close(new ElectionInput.WatchEnded());

    public void Break(LeaseStoreErrorKind kind) => Close(new ElectionInput.WatchBroken(new LeaseStoreError(kind, "simulated")));

    /// <summary>The client does not listen any more.</summary>
    public void Forget() => IsOpen = false;

    private void Close(ElectionInput how)
    {
        if (!IsOpen)
            return;
        if (!IsSilent && !Node.Link.IsCut)
            Deliver(how, last: true);
    }

    private void Deliver(ElectionInput input, bool last = false, Func<bool>? isOld = null)
    {
        TimeSpan at = world.Now + world.Latency() + Node.Link.WatchLag;
        _toldUntil = at > _toldUntil ? at : _toldUntil;
        world.At(_toldUntil, () =>
        {
            if (!IsOpen || isOld?.Invoke() is true)
                return;
            IsOpen = !last;
            process.Post(input);
        });
    }
}
