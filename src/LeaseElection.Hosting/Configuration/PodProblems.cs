using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>What an option needs to know of the Pod this process runs in, and does not: told all at once, not one at each start.</summary>
/// <param name="option">The option, as the user has to type it.</param>
internal sealed class PodProblems(string option)
{
    private readonly List<string> _problems = [];

    /// <param name="why">What is wrong.</param>
    /// <param name="fix">What to do about it.</param>
    public void Add(string why, string fix) => _problems.Add($"{why}: {fix}");

    /// <summary>Something that the downward API tells is missing, or wrong.</summary>
    public void AddVariable(string why, string variable, string field) =>
        Add(why, $"set {variable} from the downward API (fieldPath: {field})");

    /// <exception cref="LeaseStoreConfigurationException">Something is wrong.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count == 0)
            return;
        throw new LeaseStoreConfigurationException(_problems is [var only]
            ? $"{option} is true, but {only}, or {option} to false."
            : $"{option} is true, but:\n" + string.Concat(_problems.Select(problem => $"  - {problem}\n")) + $"Or set {option} to false.");
    }
}
