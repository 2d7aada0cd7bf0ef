using System.Text;
using System.Text.Json;
using LeaseElection.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LeaseElection.Docs.Tests.Snippets;

/// <summary>What a page shows can be typed: code compiles, settings are settings, manifests are YAML.</summary>
public sealed class SnippetTests
{
    /// <summary>What the pages call a further election of a host.</summary>
    private const string NamedElection = "reports";

    [Fact]
    public void CSharp_Compiles() => Findings.None(Snippets("csharp").SelectMany(SnippetCompiler.Errors));

    [Fact]
    public void CSharp_WithAMistake_IsToldByPageAndLine() => Assert.Equal(
        ["page.md:8: The name 'nowhere' does not exist in the current context"],
        SnippetCompiler.Errors(new("page.md", 7, "csharp", "var x = 1;\nnowhere();")));

    [Fact]
    public void Json_OfSettings_IsTakenByTheOptions() => Findings.None(Snippets("json").Select(JsonError).OfType<string>());

    [Fact]
    public void Json_WithAnUnknownOption_IsToldByPageAndLine() => Assert.StartsWith(
        "page.md:7: ",
        JsonError(new("page.md", 7, "json", """{ "LeaderElection": { "LeaseName": "a", "LeaseDurations": "00:00:15" } }""")),
        StringComparison.Ordinal);

    [Fact]
    public void Json_WithAMistakeInANamedElection_IsToldByPageAndLine() => Assert.StartsWith(
        "page.md:7: LeaderElection:reports:LeaseName",
        JsonError(new("page.md", 7, "json", """{ "LeaderElection": { "LeaseName": "a", "reports": { "RetryPeriod": "00:00:01" } } }""")),
        StringComparison.Ordinal);

    [Fact]
    public void Yaml_IsYaml() => Findings.None(Snippets("yaml").Select(YamlError).OfType<string>());

    /// <summary>A fence with another word behind it would be looked at by nobody.</summary>
    [Fact]
    public void Languages_AreKnown() => Findings.None(MarkdownPage.All.SelectMany(page => page.Snippets)
        .Where(
            snippet => snippet.Language is not (
                "csharp" or "json" or "yaml" or "sh" or "console" or "mermaid" or "dockerfile" or "xml" or "text" or "sql"))
        .Select(snippet => $"{snippet}: {snippet.Language}"));

    private static Snippet[] Snippets(string language)
    {
        Snippet[] found = [.. MarkdownPage.All.SelectMany(page => page.Snippets).Where(snippet => snippet.Language == language)];
        Assert.NotEmpty(found);
        return found;
    }

    private static string? JsonError(Snippet snippet)
    {
        try
        {
            using var json = new MemoryStream(Encoding.UTF8.GetBytes(snippet.Code));
            IConfigurationRoot configuration = new ConfigurationBuilder().AddJsonStream(json).Build();
            if (configuration.GetSection(LeaderElectionOptions.SectionName).Exists())
                Bind(configuration);
            return null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or OptionsValidationException)
        {
            return $"{snippet}: {exception.Message}";
        }
    }

    private static void Bind(IConfiguration configuration)
    {
        var services = new ServiceCollection();
        LeaderElectionBuilder election = services.AddLogging().AddSingleton(configuration).AddLeaderElection();
        if (configuration.GetSection(LeaderElectionOptions.SectionName).GetSection("Partitions").Exists())
        {
            // Refused without, and nothing that a page of settings is about.
            election.AddPartitionedWork((_, _, _, _) => Task.CompletedTask);
        }
        bool second = configuration.GetSection(LeaderElectionOptions.SectionName).GetSection(NamedElection).Exists();
        if (second)
            services.AddLeaderElection(NamedElection);
        using ServiceProvider provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<IOptions<LeaderElectionOptions>>().Value;
        if (second)
            _ = provider.GetRequiredService<IOptionsMonitor<LeaderElectionOptions>>().Get(NamedElection);
    }

    private static string? YamlError(Snippet snippet)
    {
        try
        {
            new YamlStream().Load(new StringReader(snippet.Code));
            return null;
        }
        catch (YamlException exception)
        {
            return $"{snippet.Page}:{snippet.Line + exception.Start.Line - 1}: {exception.Message}";
        }
    }
}
