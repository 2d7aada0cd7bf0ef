namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>Looks for a program as a shell does.</summary>
internal static class ProgramPath
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <param name="name">A bare name.</param>
    /// <param name="path">The variable PATH. Relative folders in it are passed over: they would be somewhere else each time.</param>
    /// <param name="extensions">The variable PATHEXT, on Windows: what a name may end with that is not written out.</param>
    /// <returns>The first that may be run; <see langword="null"/>: there is none.</returns>
    public static string? Find(string name, string? path, string? extensions)
    {
        IEnumerable<string> folders = Split(path).Where(Path.IsPathFullyQualified);
        return folders.SelectMany(folder => NamesOf(name, extensions).Select(file => Path.Combine(folder, file))).FirstOrDefault(MayRun);
    }

    private static IEnumerable<string> NamesOf(string name, string? extensions)
    {
        if (!OperatingSystem.IsWindows())
            return [name];
        IEnumerable<string> ended = Split(extensions ?? ".COM;.EXE;.BAT;.CMD").Select(end => name + end);
        return Path.HasExtension(name) ? ended.Prepend(name) : ended;
    }

    private static bool MayRun(string file)
    {
        try
        {
            return File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & Executable) != UnixFileMode.None);
        }
        catch (IOException)
        {
            return false; // It has gone meanwhile.
        }
    }

    private static string[] Split(string? list) =>
        (list ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
