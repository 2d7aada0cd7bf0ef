namespace LeaseElection.Testing.Processes;

/// <summary>The SDK that these tests were built with.</summary>
public static class DotNet
{
    /// <summary>Runs <c>dotnet</c> to its end.</summary>
    /// <remarks>
    /// Without the servers that it leaves behind for the next build: they would hold the output open, and whoever reads it to its end
    /// would wait for them.
    /// </remarks>
    public static Task<ProgramResult> RunAsync(IEnumerable<string> arguments)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string)variable.Value!);
        environment["MSBUILDDISABLENODEREUSE"] = "1";
        environment["UseSharedCompilation"] = "false";
        environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        return ProgramResult.OfAsync("dotnet", arguments, environment: environment);
    }
}
