namespace LeaseElection.Testing.Native;

/// <summary>
/// Where what links native programs is on this machine: beside its gcc, or in the place that <c>tests/native/install</c> fills.
/// </summary>
public static class NativeTools
{
    /// <summary>The folder with gcc and objcopy, if it is neither on the PATH nor in the cache; set by <c>tests/run</c>.</summary>
    public const string FolderVariable = "LEASEELECTION_NATIVE";

    /// <summary>Why to skip, null when to run. With <c>CI=true</c> missing tools are no reason.</summary>
    public static string? SkipReason { get; } = ReasonToSkip(Environment.GetEnvironmentVariable);

    /// <summary>What tells <c>dotnet publish</c> of them.</summary>
    internal static string[] Properties =>
        [$"-p:CppCompilerAndLinker={Path.Combine(Folder, "gcc")}", $"-p:ObjCopyName={Path.Combine(Folder, "objcopy")}"];

    private static string Folder => Find(Environment.GetEnvironmentVariable)
        ?? throw new InvalidOperationException("Nothing to link native programs with on this machine: run tests/native/install.");

    internal static string? ReasonToSkip(Func<string, string?> variable) =>
        Find(variable) is null && variable("CI") != "true"
            ? $"no gcc and objcopy in {FolderVariable}, on the PATH or in the cache: run tests/native/install"
            : null;

    internal static string? Find(Func<string, string?> variable)
    {
        string?[] places =
        [
            variable(FolderVariable), .. (variable("PATH") ?? "").Split(':'), ToolCache.PathOf(variable, "native", "current")
        ];
        return places.FirstOrDefault(folder =>
            !string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, "gcc")) && File.Exists(Path.Combine(folder, "objcopy")));
    }
}
