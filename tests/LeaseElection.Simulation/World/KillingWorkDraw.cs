using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>
/// Has take-overs counted, as by default, and mostly slowed down, and makes every twentieth world one whose work kills its leaders, for
/// long
/// enough that the waits between them grow. With dice of its own, so that the other worlds stay as they are.
/// </summary>
internal static class KillingWorkDraw
{
    public static Scenario Mix(Scenario scenario)
    {
        var random = new Random(scenario.Seed ^ 0xB01D);
        scenario = scenario with
        {
            Settings = Guard(scenario.Settings, random),
            OtherSettings = scenario.OtherSettings is { } other ? Guard(other, random) : null,
        };
        if (random.Next(20) != 0 || scenario.Settings.ForOneTerm)
            return scenario;
        double leases = 8 + (random.NextDouble() * random.NextDouble() * 60);
        AnnotationFate fate = scenario.SaysNotes || random.Next(3) != 0 ? AnnotationFate.Kept : (AnnotationFate)(1 + random.Next(2));
        return scenario with
        {
            WorkKills = 0.4 + (random.NextDouble() * 0.6),
            EditsTakeOvers = fate == AnnotationFate.Kept && random.Next(2) == 0,
            Annotations = fate,
            HealedAt = scenario.Settings.LeaseDuration * leases,
        };
    }

    /// <summary>As a host decides it; and sometimes there is none, as before it was thought of.</summary>
    private static ElectorSettings Guard(ElectorSettings settings, Random random) => settings with
    {
        CountTakeOvers = settings is { ForOneTerm: false, ReleaseOnStop: true } && random.Next(8) != 0,
        TakeOverBackoff = random.Next(4) != 0,
    };
}
