using LeaseElection.Testing;
using LeaseElection.Testing.Processes;
using Xunit.Sdk;

namespace LeaseElection.Hosting.Tests.Package;

/// <summary>The packages as they would be published, and an app that references one of them and nothing of this checkout.</summary>
public sealed class PackedApp : IAsyncLifetime
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("leaseelection-package-");

    /// <summary>Where the packages are.</summary>
    public string Packages => Path.Combine(_folder.FullName, "packages");

    /// <summary>The project of the app, with the work that it has.</summary>
    public string Project => Path.Combine(_folder.FullName, "app", "app.csproj");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        foreach (string project in new[] { "LeaseElection.Hosting", "LeaseElection.Hosting.AspNetCore" })
            await RunAsync("pack", Path.Combine(Checkout.Root, "src", project), "-c", Configuration, "--no-build", "-o", Packages);

        // A packages folder of its own: one of the machine could hold a package of the same version from another day. All that is not ours
        // comes from what the machine has restored already.
        string restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        _folder.CreateSubdirectory("app");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "app", "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(_folder.FullName, "restored")}" /></config>
              <packageSources><clear /><add key="ours" value="{Packages}" /><add key="restored" value="{restored}" /></packageSources>
              <packageSourceMapping>
                <packageSource key="ours"><package pattern="LeaseElection.*" /></packageSource>
                <packageSource key="restored"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);
        await File.WriteAllTextAsync(Project, """
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
              <ItemGroup><PackageReference Include="LeaseElection.Hosting.AspNetCore" Version="*" /></ItemGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "app", "Program.cs"), """
            var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder(args);
            Microsoft.Extensions.DependencyInjection.LeaderElectionServiceCollectionExtensions.AddLeaderElection(builder.Services)
                .AddWork(async (services, term, token) => await System.Threading.Tasks.Task.Delay(1));
            """);
    }

    /// <summary>Runs <c>dotnet</c>, which must be content.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        ProgramResult result = await DotNet.RunAsync(arguments);
        return result.ExitCode == 0 ? result.Output
            : throw new XunitException($"dotnet {string.Join(' ', arguments)}:\n{result.Output}{result.Errors}");
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}
