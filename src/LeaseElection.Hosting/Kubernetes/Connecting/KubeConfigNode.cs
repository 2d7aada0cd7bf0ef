using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>A mapping inside a kubeconfig, which knows its file (relative paths start there) and its place (for messages).</summary>
internal sealed class KubeConfigNode(YamlNode node, string file, string place)
{
    private readonly YamlMappingNode _map = node as YamlMappingNode
        ?? throw new LeaseStoreConfigurationException($"{Describe(place, file)} must be a mapping of keys to values.");

    public string File => file;

    public string DescribeKey(string key) => Describe(PlaceOf(key), file);

    public string? Text(string key) => Find(key) switch
    {
        null => null,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "null" or "~" } => null,
        YamlScalarNode { Value: { } text } when text.Contains('\0', StringComparison.Ordinal) =>
            throw new LeaseStoreConfigurationException($"{DescribeKey(key)} must not hold a zero character."),
        YamlScalarNode scalar => string.IsNullOrEmpty(scalar.Value) ? null : scalar.Value,
        _ => throw new LeaseStoreConfigurationException($"{DescribeKey(key)} must be a text."),
    };

    public bool Flag(string key) => Text(key) switch
    {
        null => false,
        var text when bool.TryParse(text, out bool flag) => flag,
        var text => throw new LeaseStoreConfigurationException($"{DescribeKey(key)} is '{text}', but must be true or false."),
    };

    /// <summary>A path of the file, which is relative to the file it stands in, not to the working directory.</summary>
    public string? FilePath(string key) => Text(key) is { } path ? Path.Combine(Path.GetDirectoryName(file)!, path) : null;

    /// <summary>The text of <c>{key}-data</c>, which is base64 and wins over the file that <c>{key}</c> names.</summary>
    public TextSource? DataOrFile(string key)
    {
        if (Text($"{key}-data") is not { } data)
            return FilePath(key) is { } path ? TextSource.FromFile(path) : null;
        try
        {
            return TextSource.Inline(DescribeKey($"{key}-data"), System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(data)));
        }
        catch (FormatException)
        {
            throw new LeaseStoreConfigurationException($"{DescribeKey($"{key}-data")} must be base64.");
        }
    }

    public KubeConfigNode? Child(string key) => Find(key) switch
    {
        null or YamlScalarNode { Value: null or "" or "null" or "~" } => null,
        var child => new KubeConfigNode(child, file, PlaceOf(key)),
    };

    public IEnumerable<KubeConfigNode> Items(string key) =>
        Nodes(key).Select((item, index) => new KubeConfigNode(item, file, $"{PlaceOf(key)}[{index}]"));

    public IReadOnlyList<string> Texts(string key) => [.. Nodes(key).Select(item => (item as YamlScalarNode)?.Value ?? "")];

    private YamlSequenceNode Nodes(string key) => Find(key) switch
    {
        null or YamlScalarNode { Value: null or "" or "null" or "~" } => new YamlSequenceNode(),
        YamlSequenceNode sequence => sequence,
        _ => throw new LeaseStoreConfigurationException($"{DescribeKey(key)} must be a list."),
    };

    private YamlNode? Find(string key) => _map.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null;

    private string PlaceOf(string key) => place.Length == 0 ? key : $"{place}.{key}";

    private static string Describe(string place, string file) =>
        place.Length == 0 ? $"The kubeconfig {file}" : $"{place} in the kubeconfig {file}";
}
