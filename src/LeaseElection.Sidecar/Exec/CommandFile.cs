namespace LeaseElection.Sidecar.Exec;

/// <summary>Looks whether there is such a command before anybody leads: a standby with a typing error would stand by for weeks.</summary>
internal static class CommandFile
{
    /// <exception cref="SidecarException">There is none, or it may not be run.</exception>
    public static void Check(string command, string? searchPath)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new SidecarException(
                ExitCodes.Usage, "a command after -- can be run on Linux only: leave it out, or run this in a container.");
        }

        bool isPath = command.Contains('/', StringComparison.Ordinal);
        string[] candidates = isPath
            ? [command]
            : [.. (searchPath ?? "/bin:/usr/bin").Split(':').Select(folder => Path.Combine(folder.Length == 0 ? "." : folder, command))];
        if (Array.Exists(candidates, file => File.Exists(file) && NativeProcess.IsExecutable(file)))
            return;
        if (Array.Find(candidates, Path.Exists) is not { } found)
        {
            throw new SidecarException(
                ExitCodes.NotFound,
                $"there is no command {command}{(isPath ? "" : $" in PATH ({searchPath})")}: correct what follows --, or add it "
                + "to the image.");
        }

        throw new SidecarException(
            ExitCodes.NotExecutable,
            Directory.Exists(found)
                ? $"{found} is a folder and no command: correct what follows --."
                : $"{found} is not executable for this user: chmod +x it, or run it by its interpreter, for example -- sh {found}.");
    }
}
