namespace LeaseElection.Simulation;

/// <summary>How long it may take until somebody leads once all is well: the sum of what the design allows, not a guess.</summary>
internal static class Liveness
{
    public static TimeSpan Bound(World world)
    {
        Scenario scenario = world.Scenario;
        Hosting.Election.ElectorSettings settings = scenario.Settings;
        double lease = Math.Max(settings.LeaseDuration.TotalSeconds, world.Server.LongestDuration);
        TimeSpan expiry = TimeSpan.FromSeconds(lease) + Hosting.Election.ElectorSettings.TakeOverJitter;
        TimeSpan silence = settings.RenewInterval * 2 * (lease / settings.LeaseDuration.TotalSeconds);
        TimeSpan requests = (Hosting.Election.ElectorSettings.RequestTimeout * 2) + (settings.RetryPeriod * 2);
        TimeSpan bound = expiry + silence + requests + (settings.RetryPeriod * 3);
        bound += scenario.StopBudget; // A process alone starts nothing new before its work has ended.
        if (scenario.Faults.Contains(FaultKind.Throttled))
            bound += settings.LeaseDuration; // A standby that is told to wait does, for so long at most.
        if (scenario.WorkEndsByItself > 0)
            bound += TimeSpan.FromSeconds(60); // Every candidate may be pausing after a fault.
        if (scenario.WorkDisobeys > 0)
            bound += settings.LeaseDuration * 3;
        return (bound / (1 - scenario.RateError)) + TimeSpan.FromSeconds(2);
    }
}
