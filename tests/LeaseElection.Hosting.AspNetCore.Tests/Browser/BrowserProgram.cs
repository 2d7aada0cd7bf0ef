using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>Where Chromium is on this machine: on the PATH, or in the place that <c>tests/browser/install</c> fills.</summary>
internal static class BrowserProgram
{
    /// <summary>The program, if it is neither on the PATH nor in the cache; set by <c>tests/run</c>.</summary>
    public const string Variable = "LEASEELECTION_BROWSER";

    /// <summary>Why to skip, null when to run. With <c>CI=true</c> a missing browser is no reason.</summary>
    public static string? SkipReason { get; } = ReasonToSkip(Environment.GetEnvironmentVariable);

    /// <summary>The same for tests that need the API server too.</summary>
    public static string? SkipReasonWithCluster { get; } = ApiServerAssets.SkipReason ?? SkipReason;

    public static string Path => Find(Environment.GetEnvironmentVariable)
        ?? throw new InvalidOperationException("No Chromium on this machine: run tests/browser/install.");

    public static string? ReasonToSkip(Func<string, string?> variable) =>
        Find(variable) is null && variable("CI") != "true"
            ? $"no Chromium in {Variable}, on the PATH or in the cache: run tests/browser/install"
            : null;

    public static string? Find(Func<string, string?> variable)
    {
        IEnumerable<string> onPath = (variable("PATH") ?? "").Split(':').Select(folder => System.IO.Path.Combine(folder, "chromium"));
        string?[] places = [variable(Variable), .. onPath, ToolCache.PathOf(variable, "browser", "current", "chromium")];
        return places.FirstOrDefault(program => !string.IsNullOrEmpty(program) && File.Exists(program));
    }
}
