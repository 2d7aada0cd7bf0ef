namespace LeaseElection.Simulation;

/// <summary>How a mutant fared.</summary>
/// <param name="Mutant">Which.</param>
/// <param name="Seeds">How many seeds it took to see it, or how many it survived.</param>
/// <param name="Violation">What was seen; <see langword="null"/>: it survived.</param>
internal sealed record MutantTrial(Mutant Mutant, int Seeds, string? Violation)
{
    public static MutantTrial Run(Mutant mutant, int mostSeeds, Type world)
    {
        using MemoryStream library = MutantCompiler.Compile(mutant);
        Func<int, string?> violationOf = new MutantContext(library).ViolationOf(world);
        for (int seed = 1; seed <= mostSeeds; seed++)
        {
            if (Play(violationOf, seed) is { } violation)
                return new MutantTrial(mutant, seed, violation);
        }

        return new MutantTrial(mutant, mostSeeds, null);
    }

    private static string? Play(Func<int, string?> violationOf, int seed)
    {
        try
        {
            return violationOf(seed);
        }
#pragma warning disable CA1031 // A mutant that throws has been seen, whatever it threw.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return $"{exception.GetType().Name}: {exception.Message}";
        }
    }
}
