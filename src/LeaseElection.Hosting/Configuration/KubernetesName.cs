namespace LeaseElection.Hosting.Configuration;

/// <summary>The two forms of names that the API server accepts: for a lease and for its namespace (RFC 1123).</summary>
internal static class KubernetesName
{
    public const string SubdomainRule = "a lower-case RFC 1123 subdomain (a-z, 0-9, '-', '.') of at most 253 characters";
    public const int LongestSubdomain = 253;
    public const string LabelRule = "a lower-case RFC 1123 label (a-z, 0-9, '-') of at most 63 characters";

    public static bool IsSubdomain(string value) => value.Length <= LongestSubdomain && value.Split('.').All(HasLabelForm);

    public static bool IsLabel(string value) => value.Length <= 63 && HasLabelForm(value);

    /// <summary>The nearest legal name, for a message; <see langword="null"/> if nothing is left of the value.</summary>
    public static string? Nearest(string value)
    {
        string name = string.Concat(value.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return IsLabel(name) ? name : null;
    }

    private static bool HasLabelForm(string label) =>
        label.Length > 0 && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
