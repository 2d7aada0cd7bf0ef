using LeaseElection.Testing.Processes;

namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>The yardstick: the kubectl of this machine, in the environment of the scene and nothing else.</summary>
internal sealed class KubectlConnector : IConnector
{
    public const string Column = "kubectl";

    public string Name => Column;

    public bool Knows(ConnectionCase connection) =>
        KubectlProgram.Newest is { } program && program.Minor >= connection.KubectlSince;

    public async Task<string?> ReadLeaseAsync(ConnectionScene scene)
    {
        ProgramResult result = await ProgramResult.OfAsync(
            KubectlProgram.Newest!.Path,
            ["get", "lease", ConnectionScene.LeaseName, "--output=name", "--request-timeout=3s", $"--cache-dir={scene.InFolder("cache")}"],
            environment: new Dictionary<string, string>(scene.Environment)
            {
                // Plugins are found on it.
                ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "",
                ["HOME"] = scene.InFolder("home"),
            });
        return result.ExitCode == 0 ? null : Last(result.Errors);
    }

    // Discovery is tried five times, each with a line of the log before the one for people.
    private static string Last(string errors) =>
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "(nothing said)";
}
