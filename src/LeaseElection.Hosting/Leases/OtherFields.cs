using System.Runtime.InteropServices;
using System.Text.Json;

namespace LeaseElection.Hosting.Leases;

/// <summary>
/// The fields of an object that we do not know, while it is read. As long as they say the same as in another version, in the same order,
/// they are counted and no more; then they are that version's.
/// </summary>
/// <param name="text">What is read.</param>
/// <param name="known">Those of the other version.</param>
internal ref struct OtherFields(ReadOnlySpan<byte> text, Dictionary<string, JsonElement>? known)
{
    private static readonly Dictionary<string, JsonElement> None = [];

    private readonly ReadOnlySpan<byte> _text = text;
    private readonly Dictionary<string, JsonElement> _known = known ?? None;
    private Dictionary<string, JsonElement>.Enumerator _next = (known ?? None).GetEnumerator();
    private int _same;
    private Dictionary<string, JsonElement>? _fields;

    /// <param name="json">Stands at the name of a field, and then at the end of its value.</param>
    public void Add(ref Utf8JsonReader json)
    {
        if (_fields is null && _next.MoveNext() && IsSame(ref json, _next.Current))
        {
            _same++;
            return;
        }
        _fields ??= Known();
        string name = json.GetString()!;
        json.Read();
        _fields[name] = JsonElement.ParseValue(ref json);
    }

    /// <summary>All of them; <see langword="null"/> if there are none.</summary>
    public readonly Dictionary<string, JsonElement>? ToDictionary() =>
        _fields ?? (_same == 0 ? null : _same == _known.Count ? _known : Known());

    /// <summary>Those that were the same so far.</summary>
    private readonly Dictionary<string, JsonElement> Known() => _same == 0 ? [] : new(_known.Take(_same));

    /// <summary>If it is, the reader goes to the end of the value.</summary>
    private readonly bool IsSame(ref Utf8JsonReader json, KeyValuePair<string, JsonElement> field)
    {
        if (!json.ValueTextEquals(field.Key))
            return false;
        Utf8JsonReader value = json;
        value.Read();
        int start = (int)value.TokenStartIndex;
        value.Skip();
        if (!JsonMarshal.GetRawUtf8Value(field.Value).SequenceEqual(_text[start..(int)value.BytesConsumed]))
            return false;
        json = value;
        return true;
    }
}
