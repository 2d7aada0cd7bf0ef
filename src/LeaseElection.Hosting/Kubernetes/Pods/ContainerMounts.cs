namespace LeaseElection.Hosting.Kubernetes.Pods;

/// <summary>
/// What the mounts of a process tell of its container: for each the kubelet mounts a file that it reads the termination message from, out
/// of the folder <c>.../pods/{uid}/containers/{name}/</c> of its own.
/// </summary>
internal static class ContainerMounts
{
    /// <param name="mounts">The lines of <c>/proc/self/mountinfo</c>.</param>
    /// <param name="podUid">The Pod.</param>
    /// <returns>The name of the container; <see langword="null"/>: it cannot be told.</returns>
    public static string? NameIn(IEnumerable<string> mounts, string podUid)
    {
        string folder = $"/pods/{podUid}/containers/";
        string[] names = [.. mounts.Select(line => NameIn(line, folder)).OfType<string>().Distinct()];
        return names is [var name] ? name : null;
    }

    private static string? NameIn(string line, string folder)
    {
        // Of the ten and more fields the fourth is the folder or file that is mounted.
        string source = line.Split(' ').ElementAtOrDefault(3) ?? "";
        int at = source.IndexOf(folder, StringComparison.Ordinal);
        return at >= 0 && source[(at + folder.Length)..].Split('/') is [{ Length: > 0 } name, { Length: > 0 }] ? name : null;
    }
}
