using System.Reflection;

namespace LeaseElection.Testing.Processes;

/// <summary>How to start the running program once more, as another process.</summary>
internal static class OwnProgram
{
    public static string FileName => Environment.ProcessPath!;

    /// <summary>What comes before its own arguments: the assembly, when it was not started by its own executable.</summary>
    public static IReadOnlyList<string> FirstArguments =>
        Path.GetFileNameWithoutExtension(FileName) == "dotnet" ? [Assembly.GetEntryAssembly()!.Location] : [];
}
