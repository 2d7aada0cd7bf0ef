using System.Text.Json.Nodes;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>values.yaml, its schema, the README's table and the combinations that are tried say the same.</summary>
public sealed class ValuesTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(HelmChart.Folder, "values.yaml"));

    private static readonly JsonObject Values = YamlJson.Parse(string.Join('\n', Lines))!.AsObject();

    private static readonly JsonObject Schema =
        JsonNode.Parse(File.ReadAllText(Path.Combine(HelmChart.Folder, "values.schema.json")))!.AsObject();

    [Fact]
    public void Readme_Table_IsThatOfTheValues()
    {
        string readme = File.ReadAllText(Path.Combine(HelmChart.Folder, "README.md"));
        string[] table =
        [
            .. readme.Split('\n').SkipWhile(
                line => !line.StartsWith("| value |", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|'))
        ];

        string[] expected =
        [
            "| value | default | meaning |", "|---|---|---|",
            .. Documented().Select(value => $"| `{value.Path}` | `{value.Default}` | {value.Meaning} |")
        ];

        Assert.Equal(string.Join('\n', expected), string.Join('\n', table));
    }

    [Fact]
    public void EveryValue_HasAMeaning() => Assert.All(
        Leaves(Values, ""),
        leaf => Assert.Contains(Documented(), value => leaf == value.Path || leaf.StartsWith(value.Path + ".", StringComparison.Ordinal)));

    /// <summary>A value without a line in the schema is refused, and a line without description leaves a person alone.</summary>
    [Fact]
    public void EveryValue_IsInTheSchemaWithADescription()
    {
        Assert.Empty(Documented().Where(value => SchemaOf(value.Path)?["description"] is null).Select(value => value.Path));
        Assert.Equal("http://json-schema.org/draft-07/schema#", (string?)Schema["$schema"]);
        AssertClosed(Schema, "");
    }

    /// <summary>Null takes a key away, and a template would read nothing: <c>keep</c>, which is true, as false.</summary>
    [Fact]
    public void EveryValue_WithoutWhichNothingIsMeant_IsRequired() => Assert.All(
        Documented().Where(value => value.Default is not ("null" or "\"\"") && SchemaOf(value.Path) is { } schema && !MayBeEmpty(schema)),
        value => Assert.True(IsRequired(value.Path), value.Path));

    /// <summary>Every switch is tried both ways and every other value is changed, or nobody knows whether it works.</summary>
    [Fact]
    public void EveryValue_IsTriedByACombination()
    {
        JsonObject[] tried = [.. HelmChart.Combinations.Select(HelmChart.ValuesOf)];
        Assert.All(Documented(), value =>
        {
            string?[] others =
            [
                .. tried.Select(values => At(values, value.Path)?.ToJsonString()).Where(text => text is not null && text != value.Default)
            ];
            Assert.True(others.Length > 0, $"No combination in ci/ changes {value.Path}.");
        });
    }

    /// <summary>What stands under a <c># --</c> comment, in order: its path, its default as JSON, and the comment.</summary>
    private static IEnumerable<(string Path, string Default, string Meaning)> Documented()
    {
        List<(int Indent, string Key)> path = [];
        string? meaning = null;
        foreach (string line in Lines)
        {
            string text = line.TrimStart();
            int indent = line.Length - text.Length;
            if (text.StartsWith("# -- ", StringComparison.Ordinal))
            {
                meaning = text["# -- ".Length..];
            }
            else if (text.Length > 0 && text[0] is not '#' and not '-')
            {
                path.RemoveAll(parent => parent.Indent >= indent);
                path.Add((indent, text.Split(':')[0]));
                string full = string.Join('.', path.Select(parent => parent.Key));
                if (meaning is not null)
                    yield return (full, At(Values, full)?.ToJsonString() ?? "null", meaning);
                meaning = null;
            }
        }
    }

    private static IEnumerable<string> Leaves(JsonNode? node, string path) => node is JsonObject { Count: > 0 } map
        ? map.SelectMany(pair => Leaves(pair.Value, path.Length == 0 ? pair.Key : $"{path}.{pair.Key}"))
        : [path];

    /// <summary>Lists and maps, which are as good as empty ones then.</summary>
    private static bool MayBeEmpty(JsonNode schema) =>
        schema["type"]?.ToJsonString() is { } type
            && (type.Contains("null", StringComparison.Ordinal) || type is "\"array\"" or "\"object\"");

    /// <summary>And all that it is in.</summary>
    private static bool IsRequired(string path)
    {
        int dot = path.LastIndexOf('.');
        JsonNode? parent = dot < 0 ? Schema : SchemaOf(path[..dot]);
        return parent?["required"]?.AsArray().Any(key => (string?)key == path[(dot + 1)..]) == true && (dot < 0 || IsRequired(path[..dot]));
    }

    private static JsonNode? At(JsonNode? node, string path) => path.Split('.').Aggregate(node, (at, key) => (at as JsonObject)?[key]);

    private static JsonNode? SchemaOf(string path) => path.Split('.').Aggregate((JsonNode?)Schema, (at, key) => at?["properties"]?[key]);

    /// <summary>Objects of our own take no unknown key; those that are Kubernetes' take what it takes.</summary>
    private static void AssertClosed(JsonNode schema, string path)
    {
        if (schema["properties"] is not JsonObject properties)
            return;
        Assert.True(schema["additionalProperties"]?.ToJsonString() == "false", $"{path} takes unknown keys");
        foreach ((string key, JsonNode? one) in properties)
            AssertClosed(one!, path.Length == 0 ? key : $"{path}.{key}");
    }
}
