using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LeaseElection.Hosting.Kubernetes.Yaml;

/// <summary>
/// Reads a YAML document as kubectl does: anchors and merge keys are followed, and of a key that is there twice the last one counts.
/// <para>
/// Made from the events of YamlDotNet's parser: its deserializer needs reflection, which a trimmed app does not have, and its document
/// model knows no merge keys, refuses a key that is there twice, and may end the process or never end with what is nested too deep, or
/// what a few aliases of aliases make of 10^12 nodes. Here an alias is the very node it names, so nothing grows.
/// </para>
/// </summary>
internal sealed class YamlReader
{
    /// <summary>A kubeconfig needs eight.</summary>
    private const int Deepest = 64;

    /// <summary>Keys that may come from merges, and mappings that are merged: the one thing that is done again for each alias.</summary>
    private const int MostMerged = 10_000;

    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, YamlValue> _anchors = [];
    private int _depth;
    private int _merged;

    private YamlReader(TextReader text) => _parser = new Parser(text);

    /// <returns>The first document; <see langword="null"/> if there is none.</returns>
    /// <exception cref="YamlException">
    /// It is no YAML, or more than anybody means. The message may quote the text, the position does not.
    /// </exception>
    public static YamlValue? Read(string text)
    {
        var reader = new YamlReader(new StringReader(text));
        try
        {
            return reader.ReadFirst();
        }
        // What the parser throws beside its own exceptions: InvalidOperationException for "..." before a document, for one.
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or NotSupportedException or FormatException)
        {
            Mark at = reader._parser.Current?.Start ?? Mark.Empty;
            throw new YamlException(at, at, "This cannot be parsed.", e);
        }
    }

    private YamlValue? ReadFirst()
    {
        Next();
        if (Next() is not DocumentStart)
            return null;
        YamlValue value = ReadValue(Next());
        Next();
        // Whatever follows must at least begin like another document.
        Next();
        return value;
    }

    private YamlValue ReadValue(ParsingEvent found)
    {
        if (found is AnchorAlias alias)
        {
            // One within the node it names is not there yet either: nothing can hold itself.
            return _anchors.TryGetValue(alias.Value, out YamlValue? named)
                ? named
                : throw Wrong(found, "There is no such anchor before it.");
        }

        if (++_depth > Deepest)
            throw Wrong(found, "Nested too deep.");
        YamlValue value = found switch
        {
            Scalar scalar => new YamlValue.Text(scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => ReadList(),
            MappingStart => ReadMap(),
            _ => throw Wrong(found, "A value is missing."),
        };
        _depth--;
        if (found is NodeEvent { Anchor: { IsEmpty: false } anchor })
            _anchors[anchor] = value;
        return value;
    }

    private YamlValue.List ReadList()
    {
        List<YamlValue> items = [];
        for (ParsingEvent found = Next(); found is not SequenceEnd; found = Next())
            items.Add(ReadValue(found));
        return new YamlValue.List(items);
    }

    private YamlValue.Map ReadMap()
    {
        Dictionary<string, YamlValue> entries = [];
        for (ParsingEvent found = Next(); found is not MappingEnd; found = Next())
        {
            bool isMerge = found is Scalar { Style: ScalarStyle.Plain, Value: "<<" };
            YamlValue key = ReadValue(found);
            YamlValue value = ReadValue(Next());
            if (isMerge)
                Merge(entries, value, found);
            else
                entries[(key as YamlValue.Text)?.Value ?? throw Wrong(found, "A key must be a text.")] = value;
        }
        return new YamlValue.Map(entries);
    }

    /// <summary>
    /// In the order of the text: keys that stand before the merge are overwritten by it. The specification has it otherwise, but kubectl
    /// does so, and two programs that go to different clusters by one file are worse than one that is wrong.
    /// </summary>
    private void Merge(Dictionary<string, YamlValue> entries, YamlValue value, ParsingEvent at)
    {
        switch (value)
        {
            case YamlValue.Map map:
                CountMerged(map.Entries.Count, at);
                foreach ((string key, YamlValue merged) in map.Entries)
                    entries[key] = merged;
                break;
            case YamlValue.List list:
                // Also where they are empty.
                CountMerged(list.Items.Count, at);
                // Of several the first wins.
                foreach (YamlValue item in list.Items.Reverse())
                    Merge(entries, item is YamlValue.Map ? item : throw Wrong(at, "What is merged (<<) must be mappings."), at);
                break;
            default:
                throw Wrong(at, "What is merged (<<) must be a mapping, or a list of them.");
        }
    }

    private void CountMerged(int count, ParsingEvent at)
    {
        if ((_merged += count) > MostMerged)
            throw Wrong(at, "This merges too much.");
    }

    private ParsingEvent Next() => _parser.MoveNext() ? _parser.Current! : throw new YamlException("The text ends too early.");

    private static SemanticErrorException Wrong(ParsingEvent at, string message) => new(at.Start, at.End, message);
}
