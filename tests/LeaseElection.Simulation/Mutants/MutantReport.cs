using System.Globalization;

namespace LeaseElection.Simulation;

/// <summary>Runs all mutants and tells which were seen, and how soon.</summary>
internal static class MutantReport
{
    /// <summary>A mutant that survives this many seeds has survived.</summary>
    public const int MostSeeds = 10_000;

    /// <summary>Returns how many survived.</summary>
    public static int Write(TextWriter to)
    {
        var trials = new MutantTrial[MutantCatalog.All.Count];
        Parallel.For(0, trials.Length, i => trials[i] = MutantTrial.Run(MutantCatalog.All[i], MostSeeds));
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Mutants of the library, and the seeds it took to see each (at most {MostSeeds:N0}):"));
        foreach (MutantTrial trial in trials)
        {
            string seeds = trial.Violation is null ? "SURVIVED" : trial.Seeds.ToString("N0", CultureInfo.InvariantCulture);
            to.WriteLine($"  {seeds,8}  {trial.Mutant.Name}: {trial.Violation ?? "nothing was seen"}");
        }

        return trials.Count(trial => trial.Violation is null);
    }
}
