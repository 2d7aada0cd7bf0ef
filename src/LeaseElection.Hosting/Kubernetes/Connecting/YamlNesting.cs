using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// Refuses YAML whose loading would not fail but end the process or never end: YamlDotNet loads nested nodes recursively, and hashes a
/// key with all that it holds, which a few aliases of aliases make 10^12 nodes. Its parser, used here, does neither.
/// </summary>
internal static class YamlNesting
{
    /// <summary>A kubeconfig needs eight.</summary>
    private const int Deepest = 64;

    /// <exception cref="YamlException">It is no YAML, nested too deep, or has a key that is no text.</exception>
    public static void Check(TextReader yaml)
    {
        var parser = new Parser(yaml);
        // What is open, the innermost on top: whether a key comes next. In a sequence none ever does.
        var keyIsNext = new Stack<bool?>();
        while (parser.MoveNext())
        {
            ParsingEvent found = parser.Current!;
            if (found is SequenceEnd or MappingEnd)
                keyIsNext.Pop();
            if (found is not NodeEvent and not AnchorAlias)
                continue;

            if (keyIsNext.TryPop(out bool? isKey))
            {
                if (isKey is true && found is not Scalar)
                    throw new SemanticErrorException(found.Start, found.End, "A key must be a text.");
                keyIsNext.Push(!isKey);
            }
            if (found is SequenceStart or MappingStart)
                keyIsNext.Push(found is MappingStart ? true : null);
            if (keyIsNext.Count > Deepest)
                throw new SemanticErrorException(found.Start, found.End, "Nested too deep.");
        }
    }
}
