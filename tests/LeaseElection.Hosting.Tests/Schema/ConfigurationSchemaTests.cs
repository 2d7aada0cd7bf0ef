using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using LeaseElection.Testing;
using Microsoft.Extensions.Configuration;

namespace LeaseElection.Hosting.Tests.Schema;

/// <summary>What editors say of <c>appsettings.json</c> is what the host says when it starts.</summary>
public sealed partial class ConfigurationSchemaTests
{
    private const string WriteVariable = "LEASEELECTION_WRITE_SCHEMA";

    /// <summary>What <c>dotnet new</c> replaces by the name of the project.</summary>
    private const string NameOfTemplates = "LEASE_NAME";

    private static readonly string[] BuildOutput = ["bin", "obj"];

    private static readonly string SchemaFile = Path.Combine(Checkout.Root, "src", "LeaseElection.Hosting", "ConfigurationSchema.json");

    private static readonly Lazy<JsonSchema> Schema = new(() =>
        JsonSchema.FromFile(SchemaFile, new BuildOptions { Dialect = Dialect.Draft07 }));

    [Fact]
    public void File_IsWhatTheOptionsAndTheirDocumentationGive()
    {
        if (Environment.GetEnvironmentVariable(WriteVariable) == "true")
            File.WriteAllText(SchemaFile, OptionsSchema.Write());

        Assert.True(
            File.ReadAllText(SchemaFile) == OptionsSchema.Write(),
            $"The options or their documentation have changed since {SchemaFile} was written. Write it again:\n"
                + $"{WriteVariable}=true dotnet test tests/LeaseElection.Hosting.Tests -c Release "
                + $"--filter {nameof(File_IsWhatTheOptionsAndTheirDocumentationGive)}");
    }

    [Fact]
    public void Schema_EveryConfigurationInTheRepository_IsValid()
    {
        (string File, string Text)[] configurations = [.. Configurations()];

        Assert.True(configurations.Length >= 3);
        Assert.All(configurations, found => Assert.True(IsValid(found.Text), $"{found.File}: {found.Text}"));
    }

    [Theory]
    [InlineData("""{ "LeaseDuration": "00:00:30", "RenewDeadline": "0:0:20.5" }""")]
    [InlineData("""{ "Enabled": false, "Store": "File", "File": { "Directory": "/leases" } }""")]
    [InlineData("""{ "RetryPeriod": "00:00:01", "reports": { "LeaseName": "reports", "Kubernetes": { "PublishEvents": true } } }""")]
    [InlineData("""{ "LeaseName": "orders.v1.eu-west-2", "LeaseNamespace": "7-shops" }""")]
    [InlineData("""{ "LeaseName": "o", "reports": { "LeaseName": "0.r", "LeaseNamespace": "s" } }""")]
    [InlineData("""{ "LeaseName": "", "LeaseNamespace": "", "Enabled": false }""")]
    [InlineData("""{ "LeaseName": "L", "LeaseNamespace": "N" }""", 253, 63)]
    [InlineData("""{ "WhenWorkEnds": "StepDown", "reports": { "WhenWorkOverruns": "FailFast" } }""")]
    public void Schema_WhatTheHostTakes_IsValid(string section, int nameLength = 1, int namespaceLength = 1)
    {
        string configuration = Configuration(section, nameLength, namespaceLength);

        Assert.True(IsValid(configuration));
        Assert.Null(Refusal(configuration));
    }

    [Theory]
    [InlineData("""{ "LeasName": "web" }""")]
    [InlineData("""{ "LeaseName": "Orders_1" }""")]
    [InlineData("""{ "LeaseName": "orders-" }""")]
    [InlineData("""{ "LeaseName": "-orders" }""")]
    [InlineData("""{ "LeaseName": "orders..v1" }""")]
    [InlineData("""{ "LeaseName": "orders.-v1" }""")]
    [InlineData("""{ "LeaseName": "orders." }""")]
    [InlineData("""{ "LeaseName": "örders" }""")]
    [InlineData("""{ "LeaseName": "L" }""", 254)]
    [InlineData("""{ "LeaseNamespace": "shop.eu" }""")]
    [InlineData("""{ "LeaseNamespace": "Shop" }""")]
    [InlineData("""{ "LeaseNamespace": "shop-" }""")]
    [InlineData("""{ "LeaseNamespace": "N" }""", 0, 64)]
    [InlineData("""{ "reports": { "LeaseName": "Reports" } }""")]
    [InlineData("""{ "LeaseDuration": "15" }""")]
    [InlineData("""{ "LeaseDuration": 15 }""")]
    [InlineData("""{ "LeaseDuration": "00:15" }""")]
    [InlineData("""{ "LeaseDuration": "15s" }""")]
    [InlineData("""{ "WhenWorkEnds": "Stop" }""")]
    [InlineData("""{ "ReleaseOnStop": "yes" }""")]
    [InlineData("""{ "Kubernetes": { "Kubeconfg": "/config" } }""")]
    [InlineData("""{ "Kubernetes": "https://10.0.0.1" }""")]
    [InlineData("""{ "reports": "reports" }""")]
    [InlineData("""{ "reports": { "LeasName": "reports" } }""")]
    [InlineData("""{ "reports": { "RetryPeriod": "2" } }""")]
    public void Schema_WhatTheHostRefuses_IsNotValid(string section, int nameLength = 1, int namespaceLength = 1)
    {
        string configuration = Configuration(section, nameLength, namespaceLength);

        Assert.False(IsValid(configuration));
        Assert.NotNull(Refusal(configuration));
    }

    [Fact]
    public void Schema_SettingsOfOthers_AreNoneOfItsBusiness() =>
        Assert.True(IsValid("""{ "Logging": { "LogLevel": { "Default": "Information" } }, "AllowedHosts": "*" }"""));

    /// <summary>L and N stand for names of these lengths.</summary>
    private static string Configuration(string section, int nameLength, int namespaceLength) =>
        $$"""{ "LeaderElection": {{section}} }"""
            .Replace("\"L\"", $"\"{new string('l', nameLength)}\"", StringComparison.Ordinal)
            .Replace("\"N\"", $"\"{new string('n', namespaceLength)}\"", StringComparison.Ordinal);

    private static bool IsValid(string configuration) => Schema.Value.Evaluate(JsonElement.Parse(configuration)).IsValid;

    /// <summary>What a host says of it that has the elections "" and "reports", or null.</summary>
    private static string? Refusal(string configuration)
    {
        // Only the names of the leases are added: nothing starts without.
        BoundOptions options = BoundOptions.From(new ConfigurationBuilder()
            .AddInMemoryCollection(
            [
                new("LeaderElection:LeaseName", "web"),
                new("LeaderElection:reports:LeaseName", "reports"),
            ])
            .AddConfiguration(BoundOptions.Json(configuration))
            .Build()).Add().Add("reports");
        Exception? refusal = Record.Exception(() => options.Get()) ?? Record.Exception(() => options.Get("reports"));
        return refusal?.Message;
    }

    /// <summary>Those of samples and templates, and those that documents show.</summary>
    private static IEnumerable<(string File, string Text)> Configurations()
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(Checkout.Root, "README.md"),
            .. Directory.EnumerateFiles(Path.Combine(Checkout.Root, "samples"), "*", SearchOption.AllDirectories),
            .. Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*", SearchOption.AllDirectories),
        ];
        foreach (string file in files.Where(file => !file.Split('/').Intersect(BuildOutput).Any()))
        {
            if (Path.GetFileName(file).StartsWith("appsettings", StringComparison.Ordinal) && Path.GetExtension(file) == ".json")
                yield return (file, File.ReadAllText(file).Replace(NameOfTemplates, "my-service", StringComparison.Ordinal));
            if (Path.GetExtension(file) != ".md")
                continue;
            foreach (Match snippet in Snippet().Matches(File.ReadAllText(file)))
                yield return (file, snippet.Groups["text"].Value);
        }
    }

    [GeneratedRegex("```jsonc?\n(?<text>[^`]*\"LeaderElection\"[^`]*)```", RegexOptions.NonBacktracking)]
    private static partial Regex Snippet();
}
