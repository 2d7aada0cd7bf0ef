namespace LeaseElection.Hosting.Configuration;

/// <summary>Finds the name that was meant by a mistyped one.</summary>
internal static class NearestName
{
    /// <summary>
    /// The candidate with the fewest typing errors, or one that contains the text or is contained in it (<c>Namespace</c>,
    /// <c>LeaseDurationSeconds</c>); <see langword="null"/> if none is near enough to be worth a guess.
    /// </summary>
    public static string? Of(string text, IReadOnlyCollection<string> candidates) =>
        candidates
            .Where(candidate => candidate.Length > 0)
            .Select(candidate => (Name: candidate, Distance: Distance(text, candidate)))
            .Where(near => near.Distance <= Math.Max(1, near.Name.Length / 3) || Contains(text, near.Name))
            .OrderBy(near => near.Distance)
            .Select(near => near.Name)
            .FirstOrDefault();

    /// <summary>How many characters must be inserted, removed or exchanged to make one text the other, ignoring case.</summary>
    internal static int Distance(string one, string other)
    {
        // distances[j]: from the first i characters of one to the first j of other.
        int[] distances = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int diagonal = distances[0];
            distances[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int exchanged = diagonal + (char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]) ? 0 : 1);
                diagonal = distances[j];
                distances[j] = Math.Min(exchanged, 1 + Math.Min(distances[j], distances[j - 1]));
            }
        }
        return distances[other.Length];
    }

    private static bool Contains(string text, string name) =>
        Math.Min(text.Length, name.Length) >= 4
        && (name.Contains(text, StringComparison.OrdinalIgnoreCase) || text.Contains(name, StringComparison.OrdinalIgnoreCase));
}
