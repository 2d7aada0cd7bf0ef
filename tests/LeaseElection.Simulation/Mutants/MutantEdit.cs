namespace LeaseElection.Simulation;

/// <summary>One change of one source file. The text must occur there exactly once: a mutant that no longer applies is an error.</summary>
/// <param name="File">Relative to the library.</param>
/// <param name="Text">What is there.</param>
/// <param name="Replacement">What is there instead.</param>
internal sealed record MutantEdit(string File, string Text, string Replacement)
{
    public string Apply(string source)
    {
        int first = source.IndexOf(Text, StringComparison.Ordinal);
        if (first < 0 || source.IndexOf(Text, first + 1, StringComparison.Ordinal) >= 0)
            throw new InvalidOperationException(
                $"The mutant's text does not occur exactly once in {File}; bring the mutant up to date: {Text}");
        return source.Replace(Text, Replacement, StringComparison.Ordinal);
    }
}
