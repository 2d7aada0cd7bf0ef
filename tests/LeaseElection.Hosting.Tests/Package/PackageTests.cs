using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using LeaseElection.Hosting.Tests.Leases;

namespace LeaseElection.Hosting.Tests.Package;

/// <summary>What an app gets with the packages, beside the library itself.</summary>
[Collection(nameof(FileLocks))]
public sealed class PackageTests(PackedApp app) : IClassFixture<PackedApp>
{
    [Fact]
    public async Task Package_HoldsSchemaAnalyzersAndFixes_AndDependsOnNothingForThem()
    {
        string file = Assert.Single(Directory.GetFiles(app.Packages, "LeaseElection.Hosting.0*.nupkg"));
        using ZipArchive package = await ZipFile.OpenReadAsync(file);

        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        Assert.Contains("ConfigurationSchema.json", files);
        Assert.Contains("buildTransitive/LeaseElection.Hosting.targets", files);
        Assert.Equal(
            ["LeaseElection.Hosting.Analyzers.CodeFixes.dll", "LeaseElection.Hosting.Analyzers.dll"],
            files.Where(file => file.StartsWith("analyzers/dotnet/cs/", StringComparison.Ordinal)).Select(Path.GetFileName).Order());
        await using Stream nuspec = await package.GetEntry("LeaseElection.Hosting.nuspec")!.OpenAsync();
        XDocument description = await XDocument.LoadAsync(nuspec, LoadOptions.None, CancellationToken.None);
        Assert.DoesNotContain(
            description.Descendants()
                .Where(element => element.Name.LocalName == "dependency")
                .Select(dependency => dependency.Attribute("id")!.Value),
            id => id.Contains("Analyzer", StringComparison.Ordinal) || id.Contains("CodeAnalysis", StringComparison.Ordinal));
    }

    /// <summary>Also an app that references only a package that is built on it.</summary>
    [Fact]
    public async Task App_ThatReferencesAPackage_IsToldByTheAnalyzer_AndKnowsTheSchema()
    {
        string said = await PackedApp.RunAsync("build", app.Project);
        Assert.Contains("warning LE0002", said, StringComparison.Ordinal);

        JsonElement answer = JsonElement.Parse(await PackedApp.RunAsync("msbuild", app.Project, "-getItem:JsonSchemaSegment"));
        JsonElement segment = Assert.Single(answer.GetProperty("Items").GetProperty("JsonSchemaSegment").EnumerateArray());
        Assert.True(File.Exists(segment.GetProperty("FullPath").GetString()));
        Assert.Matches(segment.GetProperty("FilePathPattern").GetString()!, "appsettings.Development.json");
        Assert.Matches(segment.GetProperty("FilePathPattern").GetString()!, "appsettings.json");
    }
}
