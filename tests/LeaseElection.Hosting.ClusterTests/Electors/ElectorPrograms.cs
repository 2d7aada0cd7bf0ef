using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>Where the electors of others are on this machine: in the place that <c>tests/electors/install</c> fills.</summary>
internal static class ElectorPrograms
{
    /// <summary>The folder, if it is not in the cache; set by <c>tests/run</c>.</summary>
    internal const string FolderVariable = "LEASEELECTION_ELECTORS";

    /// <summary>Why to skip, null when to run; the same rules as for the API server, which they need as well.</summary>
    public static string? SkipReason { get; } = ReasonToSkip(Environment.GetEnvironmentVariable);

    /// <summary>A candidate of client-go's leaderelection.</summary>
    public static string ClientGo => PathOf("client-go");

    /// <summary>The Python client.</summary>
    public static string Python => PathOf("python");

    internal static string? ReasonToSkip(Func<string, string?> variable) =>
        ApiServerAssets.ReasonToSkip(variable)
        ?? (Find(variable) is null && variable("CI") != "true"
            ? $"no client-go and python in {FolderVariable} or the cache: run tests/electors/install"
            : null);

    internal static string? Find(Func<string, string?> variable) =>
        new[] { variable(FolderVariable), ToolCache.PathOf(variable, "electors", "current") }
            .FirstOrDefault(folder => !string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, "client-go")));

    private static string PathOf(string program) => Path.Combine(
        Find(Environment.GetEnvironmentVariable)
            ?? throw new InvalidOperationException("No electors of others on this machine: run tests/electors/install."),
        program);
}
