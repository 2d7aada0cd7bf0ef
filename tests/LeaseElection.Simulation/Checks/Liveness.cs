using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>How long things may take once all is well: the sum of what the design allows, not a guess.</summary>
internal static class Liveness
{
    /// <summary>Until somebody leads.</summary>
    public static TimeSpan Bound(World world)
    {
        Scenario scenario = world.Scenario;
        TimeSpan bound = Bound(world, scenario.Settings);
        if (scenario.OtherSettings is { } other && Bound(world, other) is { } longer && longer > bound)
            bound = longer;
        if (scenario.Settings.ForOneTerm)
            bound += SimProcess.LongestPause * 2; // Nobody may want the lease, or whoever does has time for one look only.
        if (scenario.WorkEndsByItself > 0)
            bound += TimeSpan.FromSeconds(60); // Every candidate may be pausing after a fault.
        return (bound / (1 - scenario.RateError)) + TimeSpan.FromSeconds(2);
    }

    /// <summary>Until a process that was asked to stop has ended, whatever its work does.</summary>
    public static TimeSpan StopBound(World world) => world.Scenario.Nodes == 1
        ? StopBound(world.Scenario.Settings)
        : TimeSpan.FromTicks(Math.Max(StopBound(world.Scenario.SettingsOf(0)).Ticks, StopBound(world.Scenario.SettingsOf(1)).Ticks));

    private static TimeSpan Bound(World world, ElectorSettings settings)
    {
        double lease = Math.Max(settings.LeaseDuration.TotalSeconds, world.Server.LongestDuration);
        TimeSpan expiry = TimeSpan.FromSeconds(lease) + ElectorSettings.TakeOverJitter;
        TimeSpan silence = settings.RenewInterval * 2 * (lease / settings.LeaseDuration.TotalSeconds);
        TimeSpan requests = (ElectorSettings.RequestTimeout * 2) + (settings.RetryPeriod * 2);
        TimeSpan bound = expiry + silence + requests + (settings.RetryPeriod * 3);
        bound += world.Scenario.StopBudget(settings); // A process alone starts nothing new before its work has ended.
        if (world.Scenario.Faults.Contains(FaultKind.Throttled))
            bound += settings.LeaseDuration; // A standby that is told to wait does, for so long at most.
        if (world.Scenario.WorkDisobeys > 0)
            bound += settings.LeaseDuration * 3;
        return bound;
    }

    private static TimeSpan StopBound(ElectorSettings settings) =>
        ((settings.DrainTimeout + (settings.LeaseDuration * 5)) * 1.1) + TimeSpan.FromSeconds(5);
}
