using System.Globalization;

namespace LeaseElection.Simulation;

/// <summary>One machine of a fleet: its clock, its link to the server, and the process on it, if one runs.</summary>
internal sealed class Machine(Fleet fleet, string name, NodeClock clock)
{
    private int _boots;

    public string Name => name;

    public NodeClock Clock => clock;

    public Replica? Replica { get; private set; }

    /// <summary>How many partitions the app that is installed here is configured for.</summary>
    public int Count { get; set; } = fleet.Scenario.Partitions;

    /// <summary>Packets are dropped, and nobody is told.</summary>
    public bool IsCut { get; set; }

    /// <summary>Connections are refused.</summary>
    public bool IsRefused { get; set; }

    public bool PresenceFails { get; set; }

    /// <summary>The partitions whose work faults here.</summary>
    public HashSet<int> Poisoned { get; } = [];

    public TimeSpan SlowReply { get; set; }

    public TimeSpan WatchLag { get; set; }

    public bool WatchIsSilent { get; set; }

    public void Boot()
    {
        if (Replica is not null)
            return;
        Replica = new Replica(fleet, this, string.Create(CultureInfo.InvariantCulture, $"{name}_{++_boots}"));
        fleet.Chronicle?.Add(fleet.Now, name, $"starts as {Replica.Identity} with {Count} partitions");
        fleet.Oracle.Booted(Replica);
        Replica.Start();
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        if (Replica is not { } replica)
            return;
        fleet.Chronicle?.Add(fleet.Now, name, "is killed");
        Replica = null;
        replica.Die();
        fleet.Oracle.MembersChanged();
    }

    public void Exited(Replica replica)
    {
        if (Replica != replica)
            return;
        fleet.Chronicle?.Add(fleet.Now, name, "exits");
        Replica = null;
        replica.Die();
    }

    public void Heal()
    {
        IsCut = IsRefused = PresenceFails = WatchIsSilent = false;
        SlowReply = WatchLag = TimeSpan.Zero;
        Poisoned.Clear();
    }

    /// <summary>Carries a request to the server and its reply back.</summary>
    /// <param name="timeout">How long the client waits, by its own clock.</param>
    /// <param name="serve">What the server makes of it.</param>
    /// <param name="answer">What the client makes of the reply.</param>
    /// <param name="fail">What it makes of none; told whether the server may have carried it out.</param>
    public void Send<T>(TimeSpan timeout, Func<T> serve, Action<T> answer, Action<bool> fail)
    {
        TimeSpan timeOut = fleet.Now + clock.InTruth(timeout);
        if (IsRefused || fleet.Server.IsDown)
        {
            fleet.In(fleet.Latency(), () => fail(false));
            return;
        }

        fleet.In(fleet.Latency(), () =>
        {
            if (IsCut)
            {
                fleet.At(timeOut, () => fail(true));
                return;
            }

            if (IsRefused || fleet.Server.IsDown)
            {
                fail(true);
                return;
            }

            T reply = serve();
            TimeSpan back = fleet.Now + fleet.Latency() + SlowReply;
            if (back >= timeOut)
                fleet.At(timeOut, () => fail(true));
            else
                fleet.At(back, () => Return(timeOut, () => answer(reply), fail));
        });
    }

    private void Return(TimeSpan timeOut, Action answer, Action<bool> fail)
    {
        if (IsCut)
            fleet.At(timeOut, () => fail(true));
        else
            answer();
    }
}
