using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>How long things may take: the sum of what the design allows, not a guess.</summary>
internal static class FleetBounds
{
    /// <summary>
    /// Until what a dead owner leaves is owned again: its lease, a watch that has to be begun anew, and two who do not take it.
    /// </summary>
    public static TimeSpan Gap(FleetScenario scenario)
    {
        ElectorSettings settings = scenario.Settings;
        TimeSpan bound = settings.LeaseDuration + (settings.RenewInterval * 2) + (settings.RetryPeriod * 4)
            + ElectorSettings.RequestTimeout;
        if (scenario.Faults.Contains(FleetFault.WorkFaults))
            bound += TimeSpan.FromMinutes(1); // Who is alone, and whose work faults again and again, waits so long to stand again.
        return (bound / (1 - scenario.RateError)) + TimeSpan.FromSeconds(2);
    }

    /// <summary>
    /// Until the next owner works, if it does what the plan wants of it: at once, or when a dead one's lease has run out.
    /// </summary>
    public static TimeSpan HandOver(FleetScenario scenario, bool isReleased)
    {
        TimeSpan lease = isReleased ? TimeSpan.Zero : scenario.Settings.LeaseDuration / (1 - scenario.RateError);
        return lease + TimeSpan.FromMilliseconds(250) + (scenario.Latency * 25);
    }

    /// <summary>
    /// Until whoever has just come knows who of those it found is alive, because they have renewed something since, or is not, because they
    /// do not take what is wanted of them. Before that it may want another share for itself than the others do.
    /// </summary>
    public static TimeSpan Learns(FleetScenario scenario)
    {
        ElectorSettings settings = scenario.Settings;
        TimeSpan renewed = settings.RenewInterval + (scenario.KeeperSettings(settings, 1).TrustFor / 4); // It looks that often.
        TimeSpan passedOn = settings.RetryPeriod * 2;
        return (renewed > passedOn ? renewed : passedOn) / (1 - scenario.RateError);
    }

    /// <summary>
    /// Until all is shared out evenly after a change of who is there: what was owned by a dead one is owned again, those who are dead and
    /// own nothing are gone, another number of partitions is believed, and one partition after the other moves.
    /// </summary>
    public static TimeSpan Settled(FleetScenario scenario)
    {
        TimeSpan move = scenario.Drain + TimeSpan.FromSeconds(0.5);
        TimeSpan bound = FleetScenario.PresenceDuration + FleetScenario.PresenceInterval + (scenario.MoveAfter * 3)
            + (move * scenario.MostPartitions * 2);
        return (bound / (1 - scenario.RateError)) + (Gap(scenario) * 2);
    }
}
