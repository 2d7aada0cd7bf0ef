using System.Globalization;
using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>A kubectl of this machine.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Minor">20 for 1.20: what a kubeconfig may say has grown since.</param>
internal sealed record KubectlProgram(string Path, int Minor)
{
    /// <summary>
    /// Of those that the tests have installed and those on PATH, or the one that <c>LEASEELECTION_KUBECTL</c> names;
    /// <see langword="null"/>: there is none.
    /// </summary>
    public static KubectlProgram? Newest { get; } = Candidates().Select(Ask).OfType<KubectlProgram>().MaxBy(program => program.Minor);

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("LEASEELECTION_KUBECTL") is { Length: > 0 } named)
        {
            yield return named;
            yield break;
        }
        yield return ApiServerAssets.Current.Kubectl;
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator))
        {
            string onPath = System.IO.Path.Combine(folder, "kubectl");
            if (!File.Exists(onPath))
                continue;
            // That of Google's SDK only finds out the server's version and starts one of those beside it: we ask such a one ourselves.
            string real = new FileInfo(onPath).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? onPath;
            yield return Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(real)!, "kubectl.1.*").MaxBy(VersionOf) ?? onPath;
        }
    }

    private static int VersionOf(string path) =>
        int.TryParse(path.Split('.')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor) ? minor : 0;

    private static KubectlProgram? Ask(string path)
    {
        try
        {
            // Before any test runs, and once.
            ProgramResult result = Task.Run(() => ProgramResult.OfAsync(path, ["version", "--client", "--output=json"]))
                .GetAwaiter().GetResult();
            // "32+" where a vendor has built it.
            return result.ExitCode == 0 && (string?)JsonNode.Parse(result.Output)?["clientVersion"]?["minor"] is { } minor
                ? new KubectlProgram(path, int.Parse(minor.TrimEnd('+'), CultureInfo.InvariantCulture))
                : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
