using System.Text.RegularExpressions;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Chart.Tests;

/// <summary>The chart's pages, word by word: every block of <c>sh</c> is run, in order, in a namespace in place of <c>shop</c>.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed partial class PagesTests(ApiServerFixture fixture) : IDisposable
{
    private const string Holder = "settlement-0_ab12cd34";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Beside a leader that was there before: no page may cost it the lease.</summary>
    [InstalledTheory]
    [InlineData("README.md", 3)]
    [InlineData("README.md", 4)]
    [InlineData("docs/gitops.md", 3)]
    [InlineData("docs/gitops.md", 4)]
    public async Task Page_EveryCommand_DoesWhatItIsThereFor(string page, int helm)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(HelmChart.Folder, page));
        string name = $"page-{Path.GetFileNameWithoutExtension(page)}-{helm}".ToLowerInvariant();
        string[] blocks = [.. Blocks().Matches(text).Select(match => Shop().Replace(match.Groups["commands"].Value, name))];
        Assert.NotEmpty(blocks);

        for (int i = 0; i < blocks.Length; i++)
        {
            ProgramResult result = await ShellAsync(blocks[i], helm);
            Assert.True(result.ExitCode == 0, $"{blocks[i]}\n{result.Output}{result.Errors}");
            if (i == 0)
                await HoldAsync(name);
        }

        Assert.Equal(Holder, await fixture.Server.KubectlAsync(
            null, "get", "lease", "settlement-leader-elected-app", "-n", name, "-o", "jsonpath={.spec.holderIdentity}"));
    }

    /// <summary>What the app does as soon as its first Pod runs.</summary>
    private Task<string> HoldAsync(string @namespace) => fixture.Server.KubectlAsync(
        $$"""
        {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"settlement-leader-elected-app"},
        "spec":{"leaseDurationSeconds":15,"holderIdentity":"{{Holder}}"} }
        """,
        "create", "-n", @namespace, "-f", "-");

    /// <summary>With the programs that a reader has on the PATH, in a copy of the checkout's folder of charts.</summary>
    private async Task<ProgramResult> ShellAsync(string commands, int helm)
    {
        string bin = _folder.CreateSubdirectory("bin").FullName;
        string charts = Path.Combine(_folder.FullName, "charts");
        if (!Directory.Exists(charts))
        {
            File.CreateSymbolicLink(charts, Path.GetDirectoryName(HelmChart.Folder)!);
            File.CreateSymbolicLink(Path.Combine(bin, "helm"), ChartPrograms.Helm(helm));
            File.CreateSymbolicLink(Path.Combine(bin, "kubectl"), fixture.Server.KubectlProgram);
        }

        string script = $"cd '{_folder.FullName}'\n{commands}";
        return await ProgramResult.OfAsync("bash", ["-euo", "pipefail", "-c", script], environment: new Dictionary<string, string>
        {
            ["PATH"] = $"{bin}:/usr/bin:/bin",
            ["HOME"] = _folder.FullName,
            ["KUBECONFIG"] = fixture.Server.AdminKubeConfigFile,
        });
    }

    [GeneratedRegex("^```sh\n(?<commands>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"\bshop\b", RegexOptions.None, 1000)]
    private static partial Regex Shop();
}
