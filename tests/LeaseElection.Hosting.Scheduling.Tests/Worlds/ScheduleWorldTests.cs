using System.Globalization;
using LeaseElection.Simulation;

namespace LeaseElection.Hosting.Scheduling.Worlds;

/// <summary>
/// Years of schedules in seconds: crashes, hand-overs, nights without a leader, clocks that are set, and four zones that change theirs.
/// </summary>
public sealed class ScheduleWorldTests(ITestOutputHelper output)
{
    private const int Days = 50;
    private const string Keeper = "Due/ScheduleKeeper.cs";
    private const string Times = "Due/DueTimes.cs";
    private const string Looked = "times.Within(mark.Through, now, DueTimes.MostCounted + 1);";

    /// <summary>What would be wrong with the decision, each of which the oracle has to see.</summary>
    public static TheoryData<string, string, string, string> Mutants => new()
    {
        { "what is noted is forgotten at take-over", Keeper, "= noted;", "= null;" },
        {
            "what is noted is believed to be older", Keeper, "= noted;",
            "= noted is null ? null : noted with { Through = noted.Through.AddDays(-2) };"
        },
        {
            "runs that are missed are not looked for", Keeper, Looked,
            "times.Within(now.AddSeconds(-9) > mark.Through ? now.AddSeconds(-9) : mark.Through, now, DueTimes.MostCounted + 1);"
        },
        { "what is due soon is run now", Keeper, Looked, "times.Within(mark.Through, now.AddMinutes(2), DueTimes.MostCounted + 1);" },
        { "what was missed is not counted", Keeper, "due.Count - 1, _failures", "0, _failures" },
        { "RunOnce runs the oldest", Keeper, "Run(latest, mark.LastRun, due.Count - 1", "Run(due[0], mark.LastRun, due.Count - 1" },
        { "Skip runs whatever is late", Keeper, "> options.StartingDeadline", "> options.StartingDeadline * 1000" },
        { "Skip leaves out what is hardly late", Keeper, "> options.StartingDeadline", "> options.StartingDeadline / 1000" },
        { "RunAll leaves out more than it has to", Keeper, "return due.Count > options.MaxMissedRuns", "return due.Count > 1" },
        { "RunAll does not count all that it leaves out", Times, "if (found.Length >= most || begin == from)", "if (found.Length > 0 || "
            + "begin == from)" },
        { "RunAll is not told of the run before", Keeper, "Run(due[0], mark.LastRun, 0", "Run(due[0], mark.Through.AddSeconds(-1), 0" },
        { "what is left out counts as run", Keeper, "mark with { Through = latest }", "new ScheduleMark(latest, latest)" },
        { "AtMostOnce pauses after a failure", Keeper, "options.Delivery == Delivery.AtLeastOnce && ", "" },
        { "the zone is not looked at", Times, "instant.ToUniversalTime(), zone)", "instant.ToUniversalTime(), TimeZoneInfo.Utc)" },
    };

    /// <summary>LEASEELECTION_SCHEDULE_WORLDS=N plays as many.</summary>
    private static int Worlds => int.TryParse(
        Environment.GetEnvironmentVariable("LEASEELECTION_SCHEDULE_WORLDS"), CultureInfo.InvariantCulture, out int worlds) ? worlds : 200;

    [Fact]
    public void Worlds_NoTickTwiceAndNoneLost()
    {
        WorldReport[] reports = [.. Enumerable.Range(0, Worlds).AsParallel().Select(seed =>
        {
            WorldReport report = ScheduleWorld.Play(seed, Days);
            Assert.True(report.Violations.Count == 0, $"seed {seed}: {string.Join('\n', report.Violations.Take(5))}");
            return report;
        })];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{reports.Sum(world => world.Days)} days with {reports.Sum(world => world.Changes)} changes of clocks, "
                + $"{reports.Sum(world => world.Crashes)} "
            + $"crashes and {reports.Sum(world => world.HandOvers)} hand-overs: {reports.Sum(world => world.Runs)} runs, "
            + $"{reports.Sum(world => world.Missed)} due times missed, 0 violations"));
    }

    [Theory]
    [MemberData(nameof(Mutants))]
    public void Mutant_IsSeen(string name, string file, string text, string replacement)
    {
        Func<int, int, int> violationsOf = ScheduleMutant.Compile(new MutantEdit(file, text, replacement));
        int seed = Enumerable.Range(0, Worlds).FirstOrDefault(seed => violationsOf(seed, Days) > 0, -1);
        output.WriteLine($"{name}: seed {seed}");
        Assert.True(seed >= 0, $"nobody sees that {name}");
    }
}
