using System.Globalization;
using System.Text;
using System.Text.Json;
using YamlDotNet.Core;

namespace LeaseElection.Hosting.Kubernetes.Yaml;

/// <summary>Writes a YAML value as JSON, which is how Kubernetes reads YAML.</summary>
internal sealed class YamlJson : IDisposable
{
    private const int Deepest = 64;

    /// <summary>A few aliases of aliases are 10^12 nodes for whoever writes them out.</summary>
    private const int MostNodes = 10_000;

    private readonly MemoryStream _buffer = new();
    private readonly Utf8JsonWriter _json;
    private int _nodes;

    private YamlJson() => _json = new Utf8JsonWriter(_buffer);

    /// <exception cref="YamlException">It is more than anybody means.</exception>
    public static string Convert(YamlValue value)
    {
        using var writer = new YamlJson();
        writer.Write(value, depth: 1);
        writer._json.Flush();
        return Encoding.UTF8.GetString(writer._buffer.GetBuffer(), 0, (int)writer._buffer.Length);
    }

    public void Dispose()
    {
        _json.Dispose();
        _buffer.Dispose();
    }

    private void Write(YamlValue value, int depth)
    {
        if (depth > Deepest || ++_nodes > MostNodes)
            throw new YamlException("It is nested too deep, or repeats itself too often.");
        switch (value)
        {
            case YamlValue.Map map:
                _json.WriteStartObject();
                foreach ((string key, YamlValue entry) in map.Entries)
                {
                    _json.WritePropertyName(key);
                    Write(entry, depth + 1);
                }
                _json.WriteEndObject();
                break;
            case YamlValue.List list:
                _json.WriteStartArray();
                foreach (YamlValue item in list.Items)
                    Write(item, depth + 1);
                _json.WriteEndArray();
                break;
            case YamlValue.Text text:
                Write(text);
                break;
        }
    }

    private void Write(YamlValue.Text text)
    {
        if (text.IsNull)
            _json.WriteNullValue();
        else if (!text.IsPlain)
            _json.WriteStringValue(text.Value);
        else if (text.AsFlag is { } flag)
            _json.WriteBooleanValue(flag);
        else if (long.TryParse(text.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
            _json.WriteNumberValue(whole);
        else if (double.TryParse(
            text.Value, NumberStyles.Float & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number))
            _json.WriteNumberValue(number);
        else
            _json.WriteStringValue(text.Value);
    }
}
