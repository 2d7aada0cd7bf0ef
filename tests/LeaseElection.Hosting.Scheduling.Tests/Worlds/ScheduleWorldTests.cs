using System.Globalization;
using LeaseElection.Simulation;

namespace LeaseElection.Hosting.Scheduling.Worlds;

/// <summary>Years of schedules in seconds: crashes, hand-overs, nights without a leader, clocks that are set, and four zones that change theirs.</summary>
public sealed class ScheduleWorldTests(ITestOutputHelper output)
{
    private const int Days = 50;

    /// <summary>What would be wrong with the decision, each of which the oracle has to see.</summary>
    public static TheoryData<string, string, string, string> Mutants => new()
    {
        { "the mark is forgotten at take-over", "Due/ScheduleKeeper.cs", "public ScheduleMark? Mark { get; private set; } = noted;", "public ScheduleMark? Mark { get; private set; } = noted is null ? null : noted with { Through = noted.Through.AddDays(-2) };" },
        { "a term begins as if nothing had been due before", "Due/ScheduleKeeper.cs", "= noted;", "= null;" },
        { "runs that are missed are not looked for", "Due/ScheduleKeeper.cs", "times.Within(mark.Through, now, DueTimes.MostCounted + 1);", "times.Within(now.AddSeconds(-10) > mark.Through ? now.AddSeconds(-10) : mark.Through, now, DueTimes.MostCounted + 1);" },
        { "Skip runs whatever is late", "Due/ScheduleKeeper.cs", "now - latest > options.StartingDeadline", "now - latest > options.StartingDeadline * 1000" },
        { "RunOnce runs the oldest", "Due/ScheduleKeeper.cs", "new ScheduleStep.Run(latest, mark.LastRun, due.Count - 1, _failures)", "new ScheduleStep.Run(due[0], mark.LastRun, due.Count - 1, _failures)" },
        { "RunAll leaves out what is over the bound without a word", "Due/DueTimes.cs", "if (found.Length >= most || begin == from)", "if (found.Length > 0 || begin == from)" },
        { "the run before is not told", "Due/ScheduleKeeper.cs", "new ScheduleStep.Run(due[0], mark.LastRun, 0, _failures)", "new ScheduleStep.Run(due[0], mark.Through.AddSeconds(-1), 0, _failures)" },
        { "what was missed is not counted", "Due/ScheduleKeeper.cs", "due.Count - 1, _failures", "0, _failures" },
        { "a due time counts as settled when it is near", "Due/ScheduleKeeper.cs", "times.Within(mark.Through, now, DueTimes.MostCounted + 1);", "times.Within(mark.Through, now.AddMinutes(2), DueTimes.MostCounted + 1);" },
        { "the zone is not looked at", "Due/DueTimes.cs", "instant.ToUniversalTime(), zone)", "instant.ToUniversalTime(), TimeZoneInfo.Utc)" },
    };

    [Fact]
    public void Worlds_NoTickTwiceAndNoneLost()
    {
        int worlds = Worlds;
        WorldReport[] reports = [.. Enumerable.Range(0, worlds).AsParallel().Select(seed =>
        {
            WorldReport report = ScheduleWorld.Play(seed, Days);
            Assert.True(report.Violations.Count == 0, $"seed {seed}: {string.Join('\n', report.Violations.Take(5))}");
            return report;
        })];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{reports.Sum(report => report.Days)} days, {reports.Sum(report => report.Runs)} runs, {reports.Sum(report => report.Missed)} due times "
            + $"missed, 0 violations"));
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

    /// <summary>LEASEELECTION_SCHEDULE_WORLDS=N plays as many.</summary>
    private static int Worlds =>
        int.TryParse(Environment.GetEnvironmentVariable("LEASEELECTION_SCHEDULE_WORLDS"), CultureInfo.InvariantCulture, out int worlds) ? worlds : 200;
}
