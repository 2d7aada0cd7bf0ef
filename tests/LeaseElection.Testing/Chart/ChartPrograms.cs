using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Testing.Chart;

/// <summary>Where the programs for tests of the chart are on this machine: in the place that <c>tests/chart/install</c> fills.</summary>
public static class ChartPrograms
{
    /// <summary>The folder, if it is not in the cache; set by <c>tests/run</c>.</summary>
    public const string FolderVariable = "LEASEELECTION_CHART";

    /// <summary>
    /// Why to skip what only renders, null when to run. With <c>CI=true</c> missing programs are no reason, unless somebody asked for tests
    /// without the API server, which leave the installation out.
    /// </summary>
    public static string? SkipReason { get; } = ReasonToSkip(Environment.GetEnvironmentVariable);

    /// <summary>Why to skip what needs the API server as well.</summary>
    public static string? SkipReasonWithServer { get; } = ApiServerAssets.SkipReason ?? SkipReason;

    /// <summary>helm itself, of a major version: 3 or 4.</summary>
    public static string Helm(int major) => PathOf($"helm-{major}");

    /// <summary>Plays alert rules.</summary>
    public static string Promtool => PathOf("promtool");

    internal static string? ReasonToSkip(Func<string, string?> variable) =>
        Find(variable) is not null ? null
        : !string.IsNullOrEmpty(
            variable(ApiServerAssets.LeftOutVariable)) ? $"left out: {ApiServerAssets.LeftOutVariable} is set, and no helm is there"
        : variable("CI") == "true" ? null
        : $"no helm-3, helm-4 and promtool in {FolderVariable} or the cache: run tests/chart/install";

    internal static string? Find(Func<string, string?> variable)
    {
        string cache = variable("XDG_CACHE_HOME") is { Length: > 0 } set ? set : Path.Combine(variable("HOME") ?? "", ".cache");
        return new[] { variable(FolderVariable), Path.Combine(cache, "leaseelection", "chart", "current") }
            .FirstOrDefault(folder => !string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, "helm-4")));
    }

    private static string PathOf(string program) => Path.Combine(
        Find(Environment.GetEnvironmentVariable)
            ?? throw new InvalidOperationException("Nothing to render charts with on this machine: run tests/chart/install."),
        program);
}
