namespace LeaseElection.Simulation.Tests;

/// <summary>The machinery only: that every mutant is seen is shown by the campaign, which has the seeds for it.</summary>
public sealed class MutantTests
{
    private const string SomeFile = "Election/GrowingPause.cs";

    [Fact]
    public void An_edit_whose_text_is_missing_names_the_file_and_the_text()
    {
        var mutant = new Mutant("out of date", new MutantEdit(SomeFile, "a text that nobody wrote", ""));

        string message = Assert.Throws<InvalidOperationException>(() => MutantCompiler.Compile(mutant)).Message;

        Assert.Contains(SomeFile, message, StringComparison.Ordinal);
        Assert.Contains("a text that nobody wrote", message, StringComparison.Ordinal);
    }
}
