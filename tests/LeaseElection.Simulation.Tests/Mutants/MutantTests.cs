using LeaseElection.Testing;

namespace LeaseElection.Simulation.Tests;

/// <summary>The machinery only: that every mutant is seen is shown by the campaign, which has the seeds for it.</summary>
public sealed class MutantTests
{
    private const string SomeFile = "Election/GrowingPause.cs";

    [Theory]
    [InlineData("a text that nobody wrote")]
    [InlineData("TimeSpan")] // There, but more than once.
    public void An_edit_that_does_not_apply_names_the_file_and_the_text(string text)
    {
        var mutant = new Mutant("out of date", new MutantEdit(SomeFile, text, ""));

        string message = Assert.Throws<InvalidOperationException>(() => MutantCompiler.Compile(mutant)).Message;

        Assert.Contains(SomeFile, message, StringComparison.Ordinal);
        Assert.Contains(text, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mutant_that_does_not_compile_says_why()
    {
        var mutant = new Mutant(
            "no longer C#", new MutantEdit(SomeFile, "class GrowingPause(Random random)", "class GrowingPause(NoSuchType random)"));

        string message = Assert.Throws<InvalidOperationException>(() => MutantCompiler.Compile(mutant)).Message;

        Assert.Contains("no longer C#", message, StringComparison.Ordinal);
        Assert.Contains("CS0246", message, StringComparison.Ordinal);
        Assert.Contains("NoSuchType", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_is_loaded_a_second_time_and_the_mutant_is_seen_in_it_only()
    {
        var mutant = new Mutant("renewals are forgotten", new MutantEdit("Election/Elector.cs", "Term?.Extend(request);", "{ }"));

        MutantTrial trial = MutantTrial.Run(mutant, mostSeeds: 20, typeof(Seed));

        Assert.NotNull(trial.Violation);
        Assert.Null(Seed.ViolationOf(trial.Seeds));
    }

    [Fact]
    public void Every_mutant_of_the_catalogue_applies_to_the_sources()
    {
        Mutant[] all = [.. MutantCatalog.All, .. NoteMutants.All, .. DeathMutants.All, .. TakeOverMutants.All, .. FleetMutants.All];
        foreach (Mutant mutant in all)
        {
            var sources = new Dictionary<string, string>();
            foreach (MutantEdit edit in mutant.Edits)
                sources[edit.File] = edit.Apply(sources.GetValueOrDefault(edit.File) ?? Source(edit.File));
        }
    }

    [Fact]
    public void The_catalogue_begins_with_six_mistakes_that_other_electors_make() => Assert.Equal(
        [
            "the deadline counts from the response, not from the request",
            "a write carries no uid",
            "a renewal within the same second is no sign of life",
            "the lease is released while work is still stopping",
            "IsHeld is a flag that the loop clears",
            "nothing is read after a 409",
        ],
        MutantCatalog.All.Take(6).Select(mutant => mutant.Name));

    private static string Source(string file) => File.ReadAllText(Path.Combine(Checkout.Root, "src", "LeaseElection.Hosting", file));
}
