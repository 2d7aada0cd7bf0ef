using System.Reflection;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Testing.Electors;

/// <summary>
/// Where the electors of others are on this machine: in the place that <c>tests/electors/install</c> fills, but for KubernetesClient's,
/// which is built with the solution.
/// </summary>
internal static class ElectorPrograms
{
    /// <summary>The folder, if it is not in the cache; set by <c>tests/run</c>.</summary>
    internal const string FolderVariable = "LEASEELECTION_ELECTORS";

    private static readonly string[] Installed = ["client-go", "client-go-0.20", "python"];

    /// <summary>Why to skip, null when to run; the same rules as for the API server, which they need as well.</summary>
    public static string? SkipReason { get; } = ReasonToSkip(Environment.GetEnvironmentVariable);

    /// <summary>A candidate of KubernetesClient's LeaderElector, for <c>dotnet</c>.</summary>
    public static string KubernetesClient { get; } = typeof(ElectorPrograms).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "KubernetesClientElector").Value!;

    /// <summary>The program of one of the kinds that are installed.</summary>
    public static string PathOf(string program) => Path.Combine(
        Find(Environment.GetEnvironmentVariable)
            ?? throw new InvalidOperationException("No electors of others on this machine: run tests/electors/install."),
        program);

    internal static string? ReasonToSkip(Func<string, string?> variable) =>
        ApiServerAssets.ReasonToSkip(variable)
        ?? (Find(variable) is null && variable("CI") != "true"
            ? $"no {string.Join(", ", Installed)} in {FolderVariable} or the cache: run tests/electors/install"
            : null);

    internal static string? Find(Func<string, string?> variable) =>
        new[] { variable(FolderVariable), ToolCache.PathOf(variable, "electors", "current") }
            .FirstOrDefault(folder =>
                !string.IsNullOrEmpty(folder) && Array.TrueForAll(Installed, program => File.Exists(Path.Combine(folder, program))));
}
