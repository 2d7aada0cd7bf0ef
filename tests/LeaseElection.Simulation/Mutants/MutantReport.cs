using System.Globalization;

namespace LeaseElection.Simulation;

/// <summary>Runs all mutants of a catalogue and tells which were seen, and how soon.</summary>
internal static class MutantReport
{
    /// <summary>A mutant that survives this many seeds has survived.</summary>
    public const int MostSeeds = 10_000;

    /// <summary>Returns how many survived.</summary>
    /// <param name="to">Where it is told.</param>
    /// <param name="what">What the mutants are mutants of.</param>
    /// <param name="mutants">The catalogue.</param>
    /// <param name="world">Which worlds are played: <see cref="Seed"/> or <see cref="FleetSeed"/>.</param>
    public static int Write(TextWriter to, string what, IReadOnlyList<Mutant> mutants, Type world)
    {
        var trials = new MutantTrial[mutants.Count];
        Parallel.For(0, trials.Length, i => trials[i] = MutantTrial.Run(mutants[i], MostSeeds, world));
        to.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"Mutants of {what}, and the seeds it took to see each (at most {MostSeeds:N0}):"));
        foreach (MutantTrial trial in trials)
        {
            string seeds = trial.Violation is null ? "SURVIVED" : trial.Seeds.ToString("N0", CultureInfo.InvariantCulture);
            to.WriteLine($"  {seeds,8}  {trial.Mutant.Name}: {trial.Violation ?? "nothing was seen"}");
        }

        return trials.Count(trial => trial.Violation is null);
    }
}
