using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>One open watch over a group: changes in order, each after some delay, until it is silenced or breaks.</summary>
internal sealed class GroupWatch(Fleet fleet, Replica replica)
{
    private TimeSpan _toldUntil;
    private bool _isSilent;

    public bool IsOpen { get; private set; } = true;

    public void Tell(string name, Lease lease) => Tell(() => replica.Told(this, name, lease));

    public void TellGone(string name, string version) => Tell(() => replica.ToldGone(this, name, version));

    public void Silence() => _isSilent = true;

    public void Break()
    {
        Forget();
        if (!_isSilent)
            fleet.In(fleet.Latency(), () => replica.WatchBroke(this));
    }

    /// <summary>The client does not listen any more.</summary>
    public void Forget()
    {
        IsOpen = false;
        fleet.Server.Forget(this);
    }

    private void Tell(Action tell)
    {
        Machine machine = replica.Machine;
        _isSilent |= machine.WatchIsSilent || machine.IsCut; // What a cut connection has missed never comes.
        if (_isSilent)
            return;
        TimeSpan at = fleet.Now + fleet.Latency() + machine.WatchLag;
        _toldUntil = at > _toldUntil ? at : _toldUntil;
        fleet.At(_toldUntil, () =>
        {
            if (IsOpen)
                tell();
        });
    }
}
