namespace LeaseElection.Testing;

/// <summary>The folder that the install scripts below <c>tests</c> fill.</summary>
internal static class ToolCache
{
    /// <summary>A place in it, by the variables of an environment.</summary>
    public static string PathOf(Func<string, string?> variable, params string[] parts)
    {
        string cache = variable("XDG_CACHE_HOME") is { Length: > 0 } set ? set : Path.Combine(variable("HOME") ?? "", ".cache");
        return Path.Combine([cache, "leaseelection", .. parts]);
    }
}
