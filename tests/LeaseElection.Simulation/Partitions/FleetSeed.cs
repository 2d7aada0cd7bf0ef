namespace LeaseElection.Simulation;

/// <summary>Plays one fleet from the first start to the last exit.</summary>
internal static class FleetSeed
{
    /// <summary>What happens to an orderly fleet, so often.</summary>
    private const int Steps = 3;

    /// <summary>For how long nothing may change once all is settled.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(60);

    /// <summary>For how long after a change members are passed over that have to do with it.</summary>
    private static readonly TimeSpan Blame = TimeSpan.FromSeconds(60);

    /// <summary>How often the oracle looks whether all is settled.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    public static Fleet Play(int seed, Chronicle? chronicle = null)
    {
        var fleet = new Fleet(FleetDraw.From(seed), chronicle);
        var nemesis = new FleetNemesis(fleet);
        for (int i = 0; i < fleet.Scenario.Replicas; i++)
            fleet.In(fleet.Upto(TimeSpan.FromSeconds(2)), fleet.AddMachine().Boot);
        if (fleet.Scenario.IsOrderly)
            PlayInOrder(fleet, nemesis);
        else
            PlayFaults(fleet, nemesis);
        Close(fleet);
        return fleet;
    }

    /// <summary>For the mutants, as <see cref="Seed.ViolationOf"/>.</summary>
    public static string? ViolationOf(int seed) => Play(seed).Violation?.ToString();

    private static void PlayInOrder(Fleet fleet, FleetNemesis nemesis)
    {
        fleet.RunFor(TimeSpan.FromSeconds(3));
        Settle(fleet);
        // Else they do not even agree on what there is to move, or whoever is new finds out first what nobody can own.
        if (fleet.Scenario.OtherPartitions == fleet.Scenario.Partitions && fleet.Scenario.Stuck.Count == 0)
            fleet.Oracle.MovesMade.Begin();
        for (int i = 0; i < Steps && fleet.Violation is null; i++)
        {
            TimeSpan time = nemesis.Inject(fleet.Scenario.Faults[fleet.Random.Next(fleet.Scenario.Faults.Count)]);
            fleet.RunFor(time + TimeSpan.FromMilliseconds(1));
            Settle(fleet);
            Rest(fleet);
        }

        MoveCounter moves = fleet.Oracle.MovesMade;
        moves.Settle();
        if (fleet.Violation is null && moves.IsCounting && moves.Needless > 1 + (moves.Made / 10))
            fleet.Oracle.Fail("partitions moved that did not have to", $"{moves.Needless} of {moves.Made} moves");
        if (fleet.Violation is null && moves.IsCounting && fleet.Oracle.Late > 1 + (moves.Made / 10))
        {
            fleet.Oracle.Fail(
                "partitions were free for longer than it takes to hand them over", $"in {fleet.Oracle.Late} of {moves.Made} moves");
        }
    }

    private static void PlayFaults(Fleet fleet, FleetNemesis nemesis)
    {
        nemesis.Start();
        fleet.RunUntil(fleet.Scenario.HealedAt);
        fleet.RunUntil(nemesis.RollsUntil > fleet.Now ? nemesis.RollsUntil : fleet.Now);
        nemesis.Heal();
        fleet.RunFor(FleetScenario.PresenceInterval * 2); // What went wrong last has to show first.
        Settle(fleet);
        Rest(fleet);
    }

    private static void Settle(Fleet fleet)
    {
        TimeSpan bound = FleetBounds.Settled(fleet.Scenario);
        TimeSpan begin = fleet.Now, from = begin;
        while (fleet.Violation is null && !fleet.Oracle.IsSettled() && fleet.Now < from + bound)
        {
            // Who is passed over once more when that is over and done with would be so for ever.
            if (fleet.Now - begin < Blame)
                from = Later(begin, fleet.Oracle.PausedUntil);
            fleet.RunFor(Glance);
        }

        if (fleet.Violation is null)
            fleet.Oracle.CheckSettled(bound);
    }

    /// <summary>Nothing changes, so nothing moves.</summary>
    private static void Rest(Fleet fleet)
    {
        int made = fleet.Oracle.MovesMade.Made;
        fleet.RunFor(Calm);
        if (fleet.Violation is null && fleet.Oracle.MovesMade.Made != made)
            fleet.Oracle.Fail("partitions moved although nothing changed", $"{fleet.Oracle.MovesMade.Made - made} times");
        fleet.Oracle.CheckGaps();
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>All are asked to leave, and do.</summary>
    private static void Close(Fleet fleet)
    {
        foreach (Machine machine in fleet.Machines)
            machine.Replica?.Leave();
        TimeSpan bound = (fleet.Scenario.Drain * 2) + TimeSpan.FromSeconds(10);
        bool allGone = fleet.RunUntil(() => fleet.Machines.All(machine => machine.Replica is null), fleet.Now + bound);
        if (fleet.Violation is null && !allGone)
            fleet.Oracle.Fail("a process does not leave", fleet.Machines.First(machine => machine.Replica is not null).Name);
    }
}
