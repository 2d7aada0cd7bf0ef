using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeaseElection.Hosting.Tests.Schema;

/// <summary>Makes the schema of <c>appsettings.json</c> from the options and their documentation.</summary>
internal static class OptionsSchema
{
    /// <summary>Hours, minutes and seconds. No option takes a day, and a bare 15 would be 15 of them.</summary>
    private const string Duration = @"^([01]?\d|2[0-3]):[0-5]?\d:[0-5]?\d(\.\d{1,7})?$";

    private const string Label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

    /// <summary>
    /// What the API server accepts as a name, and the most characters of it (RFC 1123). An empty one counts as not set: it may come from
    /// another source, or not be needed.
    /// </summary>
    private static readonly Dictionary<string, (string Pattern, int MaxLength)> Names = new(StringComparer.Ordinal)
    {
        [nameof(LeaderElectionOptions.LeaseName)] = ($@"^({Label}(\.{Label})*)?$", 253),
        [nameof(LeaderElectionOptions.LeaseNamespace)] = ($"^({Label})?$", 63),
    };

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly XmlDocs Docs = new();

    public static string Write()
    {
        // A named election has a section among the settings of the one without a name, and the same settings in it.
        JsonObject named = Section(typeof(LeaderElectionOptions), new LeaderElectionOptions());
        named["description"] = "The settings of the election of this name, over those of LeaderElection: AddLeaderElection(\"name\").";
        JsonObject section = Section(typeof(LeaderElectionOptions), new LeaderElectionOptions());
        section["description"] = Docs.Of("T:" + typeof(LeaderElectionOptions).FullName);
        section["additionalProperties"] = named;

        var schema = new JsonObject
        {
            // Editors merge it with the schemas of others: the one of the Generic Host defines what a log level is.
            ["definitions"] = new JsonObject
            {
                ["logLevel"] = new JsonObject
                {
                    ["properties"] = new JsonObject
                    {
                        [LeaderElectionTelemetry.MeterName] = new JsonObject { ["$ref"] = "#/definitions/logLevelThreshold" },
                    },
                },
            },
            ["type"] = "object",
            ["properties"] = new JsonObject { [LeaderElectionOptions.SectionName] = section },
        };
        return schema.ToJsonString(Readable) + "\n";
    }

    private static JsonObject Section(Type type, object defaults)
    {
        var properties = new JsonObject();
        foreach (System.Reflection.PropertyInfo property in type.GetProperties())
        {
            JsonObject value = Value(property.PropertyType, property.GetValue(defaults));
            if (Names.TryGetValue(property.Name, out (string Pattern, int MaxLength) name))
                (value["pattern"], value["maxLength"]) = (name.Pattern, name.MaxLength);
            value["description"] = Docs.Of($"P:{type.FullName}.{property.Name}");
            properties[property.Name] = value;
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
    }

    private static JsonObject Value(Type declared, object? defaultValue)
    {
        Type type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(string))
            return new JsonObject { ["type"] = "string" };
        if (type == typeof(bool))
            return new JsonObject { ["type"] = "boolean", ["default"] = (bool)defaultValue! };
        if (type == typeof(int))
            return WithDefault(new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = Partition.MostCount }, defaultValue);
        if (type == typeof(TimeSpan))
            return WithDefault(new JsonObject { ["type"] = "string", ["pattern"] = Duration }, defaultValue);
        if (type.IsEnum)
            return WithDefault(Choice(type), defaultValue);
        return Section(type, defaultValue!);
    }

    private static JsonObject Choice(Type type) => new()
    {
        ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => JsonValue.Create(name))]),
        ["enumDescriptions"] = new JsonArray(
            [.. Enum.GetNames(type).Select(name => JsonValue.Create(Docs.Of($"F:{type.FullName}.{name}")))]),
    };

    private static JsonObject WithDefault(JsonObject schema, object? value)
    {
        // Null: what it is depends on other settings, or on where the process runs.
        if (value is not null)
            schema["default"] = value.ToString();
        return schema;
    }
}
