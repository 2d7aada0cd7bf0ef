using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using LeaseElection.Testing.Native;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Sidecar.Tests.Images;

/// <summary>
/// The image that <c>dotnet publish</c> makes of the sidecar without Docker, but for its base, which cannot be had on every machine.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class ImageTests : IDisposable
{
    /// <summary>Where <c>tests/run</c> has published the same program before: compiling it again would take minutes.</summary>
    private const string ArtifactsVariable = "LEASEELECTION_ARTIFACTS";

    private readonly string _folder = Directory.CreateTempSubdirectory("leaseelection-image-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [NativeFact]
    public async Task PublishContainer_Native_RunsAsNobodyInParticularAndHasThePortAndTheProgram()
    {
        string file = Path.Combine(_folder, "leader-elector.tar");
        await using (LoopbackRegistry registry = await LoopbackRegistry.StartAsync())
        {
            ProgramResult published = await DotNet.RunAsync(
            [
                "publish", Path.Combine(Checkout.Root, "src", "LeaseElection.Sidecar"), "--configuration", "Release",
                "--runtime", RuntimeInformation.RuntimeIdentifier, "--artifacts-path",
                Environment.GetEnvironmentVariable(ArtifactsVariable) ?? Path.Combine(_folder, "artifacts"),
                "-p:PublishAot=true", .. NativeTools.Properties,
                "/t:PublishContainer", $"-p:ContainerBaseImage={registry.Image}", $"-p:ContainerArchiveOutputPath={file}",
            ]);
            Assert.True(published.ExitCode == 0, published.Output + published.Errors);
            Assert.DoesNotContain("warning", published.Output, StringComparison.OrdinalIgnoreCase);
        }

        ImageArchive image = await ImageArchive.OpenAsync(file, Path.Combine(_folder, "image"));
        Assert.Equal("1654", (string?)image.Config["User"]);
        Assert.Equal("/app/leader-elector", (string?)Assert.Single(image.Config["Entrypoint"]!.AsArray()));
        Assert.NotNull(image.Config["ExposedPorts"]!["4040/tcp"]);
        Assert.Equal("MIT", (string?)image.Config["Labels"]!["org.opencontainers.image.licenses"]);

        string root = Path.Combine(_folder, "root");
        await image.ExtractAsync(Directory.CreateDirectory(root).FullName);
        string program = Assert.Single(Directory.GetFiles(Path.Combine(root, "app")));
        Assert.True(File.GetUnixFileMode(program).HasFlag(UnixFileMode.OtherRead | UnixFileMode.OtherExecute));
        ProgramResult said = await ProgramResult.OfAsync(program, ["--version"]);
        Assert.Equal((0, "leader-elector 0.1.0\n"), (said.ExitCode, said.Output));
    }
}
