namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>The order of versions that one API server gives to objects of one kind.</summary>
internal static class ResourceVersion
{
    /// <summary>
    /// Whether a version came after another one: versions are whole numbers that grow (KEP-5504; those of etcd have always been). Of what
    /// is no number it is only known that another version is another: it counts as later, because what was told twice does no harm.
    /// </summary>
    public static bool IsAfter(string version, string other)
    {
        if (!IsNumber(version) || !IsNumber(other))
            return version != other;
        return version.Length != other.Length ? version.Length > other.Length : string.CompareOrdinal(version, other) > 0;
    }

    private static bool IsNumber(string version) => version is [>= '1' and <= '9', ..] && version.All(char.IsAsciiDigit);
}
