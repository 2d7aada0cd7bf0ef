using System.Globalization;

namespace LeaseElection.Simulation;

/// <summary>Tells people how a campaign went.</summary>
internal static class CampaignReport
{
    /// <summary>Many, since a kind that is rare must not hide behind one that is not.</summary>
    private const int MostViolations = 200;

    public static void Write(TextWriter to, Campaign campaign)
    {
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{campaign.Seeds:N0} seeds in {campaign.Took.TotalSeconds:N1} s: {campaign.Seeds / campaign.Took.TotalSeconds:N0} seeds/s, "
            + $"{campaign.Simulated.TotalDays:N1} days of simulated time, {campaign.Terms:N0} terms"));
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Mixed fleets: client-go stood for the same lease in {campaign.Mixed:N0} worlds, and led {campaign.ClientGoTerms:N0} times"));
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Held for a while only, and wanted again and again by the same processes: {campaign.ForOneTerm:N0} worlds"));
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Pods that were watched for the end of the leader's container: {campaign.WatchedPods:N0} "
                + $"worlds, {campaign.Proofs:N0} proofs"));
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Work that killed its leaders: {campaign.Killing:N0} worlds; take-overs that had to wait: {campaign.Slowed:N0}"));
        to.WriteLine();
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Faults injected: {campaign.Faults.Total:N0}"));
        foreach (FaultKind[] row in Enum.GetValues<FaultKind>().Chunk(3))
            to.WriteLine(
                "  " + string.Join(
                    "  ", row.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind,-22}{campaign.Faults[kind],11:N0}"))));
        to.WriteLine();
        to.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Terms that overlapped with a later one as no lease can prevent (none in {campaign.Clean:N0} worlds), because"));
        foreach ((string excuse, long times) in campaign.Excused)
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {times,9:N0}  {excuse}"));
        to.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"Writes of an earlier term refused by their fencing token: {campaign.Fenced:N0}"));
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Violations: {campaign.Violations.Count:N0}"));
        foreach ((int seed, Violation violation) in campaign.Violations.Take(MostViolations))
            to.WriteLine($"  {violation}; replay it with: tests/run --simulate 1 --seed {seed}");
    }
}
