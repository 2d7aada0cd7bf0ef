using System.Text.RegularExpressions;
using LeaseElection.Sidecar.Flags;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>The sample does what its README says, and a cluster takes it.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed partial class SampleTests(ApiServerFixture fixture) : SidecarTest
{
    private static readonly string Sample = Path.Combine(Checkout.Root, "samples", "Sidecar");

    [Fact]
    public async Task Script_LeaderIsKilled_TheOtherSettles()
    {
        string[] command = CommandInReadme();
        FlagParser.Parse(command, _ => null);
        string[] here = [.. command[..^1].Select(word => word == "--" ? $"--store-directory={Folder}\n--" : word)
                .SelectMany(word => word.Split('\n')),
            Path.Combine(Sample, "settle.sh")];
        SidecarProcess leader = await StartAsync(here);
        await leader.SaysAsync("settled batch 1 (fencing token ");
        SidecarProcess standby = await StartAsync(here);
        await standby.SaysAsync(" leads lease default/settlement");
        leader.Send(UnixSignal.Kill);
        await standby.SaysAsync("settled batch 1 (fencing token ");
    }

    [ApiServerFact]
    public async Task Deployment_IsTakenByTheServerAndItsFlagsByTheProgram()
    {
        string leaseNamespace = await fixture.Server.CreateNamespaceAsync();
        string file = Path.Combine(Sample, "deployment.yaml");
        await fixture.Server.KubectlAsync(stdin: null, "apply", "-n", leaseNamespace, "-f", file);
        string arguments = Arguments().Match(await File.ReadAllTextAsync(file)).Groups["list"].Value;
        SidecarOptions options = FlagParser.Parse(arguments.Split(", "), _ => null);
        Assert.Equal(["sh", "/app/settle.sh"], options.Command);
    }

    /// <summary>What stands after <c>dotnet run … --</c>.</summary>
    private static string[] CommandInReadme() => Run().Match(File.ReadAllText(Path.Combine(Checkout.Root, "samples", "README.md")))
        .Groups["arguments"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [GeneratedRegex(
        "^dotnet run --project src/LeaseElection.Sidecar -- (?<arguments>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Run();

    [GeneratedRegex("args: \\[(?<list>.+)\\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Arguments();
}
