using LeaseElection.Testing.Processes;

namespace LeaseElection.Samples.Tests.Templates;

/// <summary>
/// The templates as a stranger has them: packed, installed, and made into projects far from this repository. The packages of the library
/// are those just packed, all others what this machine has restored: nothing is downloaded, and no cache can serve an older library.
/// </summary>
public sealed class InstalledTemplates : IAsyncLifetime
{
    private static readonly string[] Packed =
        ["LeaseElection.Hosting", "LeaseElection.Hosting.AspNetCore", "LeaseElection.Hosting.Templates"];

    private readonly string _folder = Directory.CreateTempSubdirectory("lease-election-templates-").FullName;

    private string Packages => Path.Combine(_folder, "packages");

    private string Hive => Path.Combine(_folder, "hive");

    public async Task InitializeAsync()
    {
        foreach (string project in Packed.Select(name => Path.Combine(ReplicaSet.Samples, "..", "src", name)))
            await RunAsync("pack", project, "--no-build", "-c", ReplicaSet.Metadata("Configuration"), "-o", Packages);
        await File.WriteAllTextAsync(Path.Combine(_folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="restored" /></config>
              <packageSources>
                <clear />
                <add key="built" value="{Packages}" />
                <add key="machine" value="{ReplicaSet.Metadata("Packages")}" />
              </packageSources>
              <packageSourceMapping>
                <packageSource key="built"><package pattern="LeaseElection.*" /></packageSource>
                <packageSource key="machine"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);
        string package = Directory.GetFiles(Packages, "LeaseElection.Hosting.Templates.*.nupkg").Single();
        await RunAsync("new", "install", package, "--debug:custom-hive", Hive);
    }

    /// <summary>Makes a project and builds it without a warning. Returns the program.</summary>
    public async Task<string> BuildAsync(string template, string name)
    {
        string project = Path.Combine(_folder, name);
        await RunAsync("new", template, "-o", project, "--debug:custom-hive", Hive);
        await RunAsync("build", project, "-c", "Release", "-warnaserror");
        return Path.Combine(project, "bin", "Release", "net10.0", name + ".dll");
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    private static async Task RunAsync(params string[] arguments)
    {
        ProgramResult result = await DotNet.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {result.ExitCode}\n{result.Output}\n{result.Errors}");
    }
}
