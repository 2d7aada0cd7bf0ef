using System.Runtime.InteropServices;
using LeaseElection.Testing;
using LeaseElection.Testing.Native;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Benchmarks;

/// <summary>The sidecar, published in each way that there is.</summary>
internal sealed class SidecarPrograms : IDisposable
{
    private const string Project = "src/LeaseElection.Sidecar";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("leaseelection-sidecars-");

    private SidecarPrograms() => All = [];

    public IReadOnlyList<SidecarProgram> All { get; private set; }

    public static async Task<SidecarPrograms> PublishAsync()
    {
        var programs = new SidecarPrograms();
        string runtime = RuntimeInformation.RuntimeIdentifier; // --use-current-runtime is too late for conditions of the project.
        programs.All =
        [
            await programs.PublishAsync("native", ["--runtime", runtime, "-p:PublishAot=true", .. NativeTools.Properties]),
            await programs.PublishAsync("one file with its runtime", ["--runtime", runtime]),
            await programs.PublishAsync("JIT, for an installed runtime", []),
        ];
        return programs;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<SidecarProgram> PublishAsync(string name, IEnumerable<string> properties)
    {
        string output = Path.Combine(_folder.FullName, Guid.NewGuid().ToString("n"));

        // With objects of its own: a restore for native programs would change those of the solution.
        string artifacts = Path.Combine(_folder.FullName, "artifacts");
        ProgramResult result = await DotNet.RunAsync(
        [
            "publish", Path.Combine(Checkout.Root, Project), "--configuration", "Release", "--artifacts-path", artifacts, "--output",
            output, .. properties,
        ]);
        Directory.Delete(artifacts, recursive: true);
        return result.ExitCode == 0
            ? new SidecarProgram(name, output)
            : throw new InvalidOperationException($"{Project} cannot be published ({name}):\n{result.Output}{result.Errors}");
    }
}
