namespace LeaseElection.Simulation;

/// <summary>
/// Whether a leader lost its term to the deadline although there was time enough for an attempt after the last trouble: the request
/// that hung, and as much again for pause and round trip.
/// </summary>
internal static class NeedlessLoss
{
    public static bool IsOne(World world, SimProcess process)
    {
        Hosting.Election.ElectorSettings settings = process.Settings;
        TimeSpan third = settings.RenewDeadline / 3;
        TimeSpan request = third < Hosting.Election.ElectorSettings.RequestTimeout
            ? third
            : Hosting.Election.ElectorSettings.RequestTimeout;
        TimeSpan enough = (request + (world.Scenario.Latency * 40) + TimeSpan.FromMilliseconds(200)) / (1 - world.Scenario.RateError);
        return world.Now - process.Node.TroubledUntil > enough * 1.5;
    }
}
