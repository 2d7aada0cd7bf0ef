using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeaseElection.Testing.Schema;

/// <summary>Makes the schema of a section of <c>appsettings.json</c> from the options of a library and their documentation.</summary>
/// <param name="library">Whose options.</param>
/// <param name="rules">What the types of options do not say, by the option's name: a pattern, a least and a greatest value.</param>
public sealed class OptionsSection(Assembly library, IReadOnlyDictionary<string, JsonObject> rules)
{
    /// <summary>Hours, minutes and seconds. No option takes a day, and a bare 15 would be 15 of them.</summary>
    private const string Duration = @"^([01]?\d|2[0-3]):[0-5]?\d:[0-5]?\d(\.\d{1,7})?$";

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly XmlDocs _docs = new(library);

    /// <summary>The file of a package that has this one section.</summary>
    /// <param name="name">The section.</param>
    /// <param name="section">What may be in it.</param>
    /// <param name="logCategory">What the package logs as.</param>
    public static string File(string name, JsonObject section, string logCategory)
    {
        var schema = new JsonObject
        {
            // Editors merge it with the schemas of others: the one of the Generic Host defines what a log level is.
            ["definitions"] = new JsonObject
            {
                ["logLevel"] = new JsonObject
                {
                    ["properties"] = new JsonObject { [logCategory] = new JsonObject { ["$ref"] = "#/definitions/logLevelThreshold" } },
                },
            },
            ["type"] = "object",
            ["properties"] = new JsonObject { [name] = section },
        };
        return schema.ToJsonString(Readable) + "\n";
    }

    /// <summary>The settings of these options.</summary>
    public JsonObject Of(Type type, object defaults)
    {
        var properties = new JsonObject();
        foreach (PropertyInfo property in type.GetProperties())
        {
            JsonObject value = Value(property.PropertyType, property.GetValue(defaults));
            foreach ((string keyword, JsonNode? rule) in rules.GetValueOrDefault(property.Name) ?? [])
                value[keyword] = rule!.DeepClone();
            value["description"] = _docs.Of($"P:{type.FullName}.{property.Name}");
            properties[property.Name] = value;
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
    }

    public string DescriptionOf(Type type) => _docs.Of("T:" + type.FullName);

    private JsonObject Value(Type declared, object? defaultValue)
    {
        Type type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(string))
            return new JsonObject { ["type"] = "string" };
        if (type == typeof(bool))
            return new JsonObject { ["type"] = "boolean", ["default"] = (bool)defaultValue! };
        if (type == typeof(int))
            return WithDefault(new JsonObject { ["type"] = "integer" }, defaultValue);
        if (type == typeof(TimeSpan))
            return WithDefault(new JsonObject { ["type"] = "string", ["pattern"] = Duration }, defaultValue);
        if (type.IsEnum)
            return WithDefault(Choice(type), defaultValue);
        return Of(type, defaultValue!);
    }

    private JsonObject Choice(Type type) => new()
    {
        ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => JsonValue.Create(name))]),
        ["enumDescriptions"] = new JsonArray(
            [.. Enum.GetNames(type).Select(name => JsonValue.Create(_docs.Of($"F:{type.FullName}.{name}")))]),
    };

    private static JsonObject WithDefault(JsonObject schema, object? value)
    {
        // Null: what it is depends on other settings, or on where the process runs.
        if (value is not null)
            schema["default"] = value is int number ? number : value.ToString();
        return schema;
    }
}
