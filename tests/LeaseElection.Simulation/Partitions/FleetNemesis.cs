using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>What happens to a fleet, at a random time and for a random while each.</summary>
internal sealed class FleetNemesis(Fleet fleet)
{
    private const int MostMachines = 10;

    /// <summary>Until when an update rolls that has begun: whatever else goes wrong meanwhile, somebody comes and goes.</summary>
    public TimeSpan RollsUntil { get; private set; }

    public void Start() => fleet.In(Pause(), Strike);

    /// <summary>From here on nothing is wrong any more.</summary>
    public void Heal()
    {
        fleet.Chronicle?.Add(fleet.Now, "nemesis", "makes all well");
        fleet.Server.IsDown = false;
        foreach (Machine machine in fleet.Machines)
        {
            machine.Heal();
            machine.Replica?.Resume();
        }

        if (!fleet.Replicas.Any())
            fleet.AddMachine().Boot();
        fleet.Oracle.Trouble(TimeSpan.Zero);
    }

    /// <summary>Returns how long it goes on, if it does.</summary>
    public TimeSpan Inject(FleetFault fault)
    {
        Replica[] replicas = [.. fleet.Replicas];
        Machine machine = replicas.Length == 0 ? fleet.AddMachine() : replicas[fleet.Random.Next(replicas.Length)].Machine;
        TimeSpan time = !fleet.Scenario.IsOrderly ? Duration()
            : fault == FleetFault.Outage ? ClearOutage()
            : fault == FleetFault.KillAndRestart ? SoonAgain()
            : Duration();
        fleet.Faults[(int)fault]++;
        fleet.Chronicle?.Add(fleet.Now, "nemesis", $"{fault} of {machine.Name} for {time.TotalSeconds:0.000} s");
        switch (fault)
        {
            case FleetFault.Join:
                Join();
                return TimeSpan.Zero;
            case FleetFault.TwoJoin:
                Join();
                TimeSpan apart = fleet.Upto(TimeSpan.FromSeconds(2));
                fleet.In(apart, Join);
                return apart;
            case FleetFault.Leave when replicas.Length > 1:
                machine.Replica!.Leave();
                return TimeSpan.Zero;
            case FleetFault.Kill when replicas.Length > 1:
                machine.Kill();
                return TimeSpan.Zero;
            case FleetFault.Restart:
                machine.Replica?.Leave();
                fleet.In(time, machine.Boot);
                return time;
            case FleetFault.RollingUpdate:
                return Roll(replicas);
            case FleetFault.KillAndRestart:
                machine.Kill();
                fleet.In(time, machine.Boot);
                return time;
            case FleetFault.Flap:
                for (int i = 0; i < 4; i++)
                    fleet.In(time * i / 4, i % 2 == 0 ? machine.Kill : machine.Boot);
                return time;
            case FleetFault.LeaseDeleted:
                fleet.Server.DeleteAfterNextWrite(fleet.NameOf(fleet.Random.Next(fleet.Scenario.LeastPartitions)));
                return TimeSpan.Zero;
            case FleetFault.ClockRateChanged:
                machine.Clock.SetRate(fleet.Rate());
                return TimeSpan.Zero;
            default:
                Trouble(fault, machine, time);
                return time;
        }
    }

    private void Trouble(FleetFault fault, Machine machine, TimeSpan time)
    {
        fleet.Oracle.Trouble(time);
        switch (fault)
        {
            case FleetFault.Freeze when machine.Replica is { } replica:
                replica.Freeze();
                fleet.In(time, replica.Resume);
                break;
            case FleetFault.Outage:
                fleet.Server.IsDown = true;
                fleet.Server.BreakWatches();
                fleet.In(time, () => fleet.Server.IsDown = false);
                break;
            case FleetFault.Partition:
                machine.IsCut = true;
                fleet.In(time, () => machine.IsCut = false);
                break;
            case FleetFault.ConnectionRefused:
                machine.IsRefused = true;
                machine.Replica?.BreakWatch();
                fleet.In(time, () => machine.IsRefused = false);
                break;
            case FleetFault.SlowReplies:
                machine.SlowReply = time;
                fleet.In(time, () => machine.SlowReply = TimeSpan.Zero);
                break;
            case FleetFault.WatchLagging:
                machine.WatchLag = time;
                fleet.In(time, () => machine.WatchLag = TimeSpan.Zero);
                break;
            case FleetFault.WatchSilent:
                machine.WatchIsSilent = true;
                machine.Replica?.SilenceWatch();
                fleet.In(time, () => machine.WatchIsSilent = false);
                break;
            case FleetFault.WatchBroken:
                machine.Replica?.BreakWatch();
                break;
            case FleetFault.PresenceFails:
                machine.PresenceFails = true;
                fleet.In(time, () => machine.PresenceFails = false);
                break;
            case FleetFault.WorkFaults when !fleet.Machines.Any(other => other.Poisoned.Count > 0):
                for (int i = 0; i < fleet.Scenario.MostPartitions; i++)
                {
                    if (fleet.Random.Next(3) == 0)
                        machine.Poisoned.Add(i);
                }

                fleet.In(time, machine.Poisoned.Clear);
                break;
        }
    }

    private void Join()
    {
        Machine? idle = fleet.Machines.FirstOrDefault(machine => machine.Replica is null);
        if (idle is null && fleet.Machines.Count < MostMachines)
            idle = fleet.AddMachine();
        idle?.Boot();
    }

    /// <summary>
    /// A new one comes, then an old one goes, until all are new; they may be configured for another number of partitions.
    /// </summary>
    private TimeSpan Roll(Replica[] old)
    {
        if (fleet.Now < RollsUntil)
            return TimeSpan.Zero; // One update at a time.
        TimeSpan at = TimeSpan.Zero;
        int count = fleet.Random.Next(2) == 0 ? fleet.Scenario.OtherPartitions : fleet.Scenario.Partitions;
        foreach (Replica replica in old)
        {
            fleet.In(at, () =>
            {
                Machine machine = fleet.AddMachine();
                machine.Count = count;
                machine.Boot();
            });
            at += fleet.Upto(TimeSpan.FromSeconds(15));
            fleet.In(at, replica.Leave);
            at += fleet.Upto(TimeSpan.FromSeconds(10));
        }

        RollsUntil = fleet.Now + at;
        return at;
    }

    private void Strike()
    {
        if (fleet.Now >= fleet.Scenario.HealedAt)
            return;
        Inject(fleet.Scenario.Faults[fleet.Random.Next(fleet.Scenario.Faults.Count)]);
        fleet.In(Pause(), Strike);
    }

    /// <summary>
    /// Too short to cost anything, or so long that everybody knows that it was one. One about as long as a lease has some of them run out
    /// and others not: what moves then has to.
    /// </summary>
    private TimeSpan ClearOutage() => fleet.Random.Next(2) == 0
        ? fleet.Upto(fleet.Scenario.Settings.RenewDeadline * 0.3)
        : (fleet.Scenario.Settings.LeaseDuration * 1.5) + fleet.Upto(fleet.Scenario.Settings.LeaseDuration * 2);

    /// <summary>
    /// A process that crashed is back so soon that it may take what it had within two retry periods of the end of its leases. If it takes
    /// longer than that, what it had is the others' first, and moves twice.
    /// </summary>
    private TimeSpan SoonAgain()
    {
        ElectorSettings settings = fleet.Scenario.Settings;
        return fleet.Upto((settings.RetryPeriod * 2) - settings.RenewInterval - TimeSpan.FromSeconds(0.3));
    }

    private TimeSpan Duration()
    {
        double lease = fleet.Scenario.Settings.LeaseDuration.TotalSeconds;
        double seconds = fleet.Random.NextDouble() * fleet.Random.Next(3) switch
        {
            0 => 0.5,
            1 => lease * 0.5,
            _ => lease * 2,
        };
        var time = TimeSpan.FromSeconds(seconds);
        TimeSpan left = fleet.Scenario.HealedAt - fleet.Now;
        return fleet.Scenario.IsOrderly || time < left ? time : left;
    }

    private TimeSpan Pause() => -fleet.Scenario.Pause * Math.Log(1 - fleet.Random.NextDouble());
}
