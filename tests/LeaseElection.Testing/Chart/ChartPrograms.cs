using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Testing.Chart;

/// <summary>Where the programs for tests of the chart are on this machine: in the place that <c>tests/chart/install</c> fills.</summary>
public static class ChartPrograms
{
    /// <summary>The folder, if it is not in the cache; set by <c>tests/run</c>.</summary>
    public const string FolderVariable = "LEASEELECTION_CHART";

    /// <summary>
    /// Why to skip what only renders, null when to run. With <c>CI=true</c> missing programs are no reason, unless somebody asked for tests
    /// without the API server, whose Go builds them.
    /// </summary>
    public static string? SkipReason { get; } = ReasonToSkip(Environment.GetEnvironmentVariable);

    /// <summary>Why to skip what needs the API server as well.</summary>
    public static string? SkipReasonWithServer { get; } = ApiServerAssets.SkipReason ?? SkipReason;

    /// <summary>Renders charts, be it helm or the program of <c>tests/chart/render</c>.</summary>
    public static string Helm => PathOf("helm");

    /// <summary>Whether it is helm itself, which has reworded some messages over the years.</summary>
    public static bool IsHelmItself => new FileInfo(Helm).LinkTarget is not null;

    /// <summary>Plays alert rules.</summary>
    public static string Promtool => PathOf("promtool");

    internal static string? ReasonToSkip(Func<string, string?> variable) =>
        Find(variable) is not null ? null
        : !string.IsNullOrEmpty(variable(ApiServerAssets.LeftOutVariable)) ? $"left out: {ApiServerAssets.LeftOutVariable} is set, and no helm is there"
        : variable("CI") == "true" ? null
        : $"no helm and promtool in {FolderVariable} or the cache: run tests/chart/install";

    internal static string? Find(Func<string, string?> variable)
    {
        string cache = variable("XDG_CACHE_HOME") is { Length: > 0 } set ? set : Path.Combine(variable("HOME") ?? "", ".cache");
        return new[] { variable(FolderVariable), Path.Combine(cache, "leaseelection", "chart", "current") }
            .FirstOrDefault(folder => !string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, "helm")));
    }

    private static string PathOf(string program) => Path.Combine(
        Find(Environment.GetEnvironmentVariable)
            ?? throw new InvalidOperationException("Nothing to render charts with on this machine: run tests/chart/install."),
        program);
}
