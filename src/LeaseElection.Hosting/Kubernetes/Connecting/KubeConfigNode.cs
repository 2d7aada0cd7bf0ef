using System.Text;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Kubernetes.Yaml;
using LeaseElection.Hosting.Leases;
using YamlDotNet.Core;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>A mapping inside a kubeconfig, which knows its file (relative paths start there) and its place (for messages).</summary>
internal sealed class KubeConfigNode(YamlValue node, string file, string place)
{
    private readonly YamlValue.Map _map = node as YamlValue.Map
        ?? throw new LeaseStoreConfigurationException($"{Describe(place, file)} must be a mapping of keys to values.");

    public string File => file;

    public IEnumerable<string> Keys => _map.Entries.Keys;

    public string Describe() => Describe(place, file);

    public string DescribeKey(string key) => Describe(PlaceOf(key), file);

    /// <summary>An empty text is none, as everywhere in Kubernetes.</summary>
    public string? Text(string key) => Find(key) is { } value ? TextOf(key, value) is { Length: > 0 } text ? text : null : null;

    /// <summary>
    /// Not in quotes: that is a text, for which kubectl refuses the file, and it would be us alone who do not verify a server.
    /// </summary>
    public bool Flag(string key) => Find(key) switch
    {
        null => false,
        YamlValue.Text { IsPlain: true, AsFlag: { } flag } => flag,
        YamlValue.Text { AsFlag: not null } text => throw new LeaseStoreConfigurationException(
            $"{DescribeKey(key)} is '{text.Value}' in quotes, which is a text, but must be true or false. Remove the quotes."),
        YamlValue.Text text => throw new LeaseStoreConfigurationException(
            $"{DescribeKey(key)} is '{text.Value}', but must be true or false."),
        _ => throw new LeaseStoreConfigurationException($"{DescribeKey(key)} must be true or false."),
    };

    /// <summary>A path of the file, which is relative to the file it stands in, not to the working directory.</summary>
    public string? FilePath(string key) => Text(key) is { } path ? Path.Combine(Path.GetDirectoryName(file)!, path) : null;

    /// <summary>
    /// The text of <c>{key}-data</c>, which is base64, or of the file that <c>{key}</c> names. kubectl refuses both, too.
    /// </summary>
    public TextSource? DataOrFile(string key)
    {
        string? path = FilePath(key);
        if (Text($"{key}-data") is not { } data)
            return path is null ? null : TextSource.FromFile(path);
        if (path is not null)
        {
            throw new LeaseStoreConfigurationException(
                $"{DescribeKey($"{key}-data")} is there, but {key} too, and only one can be meant. Remove one of the two.");
        }
        try
        {
            return TextSource.Inline(DescribeKey($"{key}-data"), Encoding.UTF8.GetString(Convert.FromBase64String(data)));
        }
        catch (FormatException)
        {
            throw new LeaseStoreConfigurationException($"{DescribeKey($"{key}-data")} must be base64.");
        }
    }

    public KubeConfigNode? Child(string key) =>
        Find(key) is { } child and not YamlValue.Text { Value: "" } ? new KubeConfigNode(child, file, PlaceOf(key)) : null;

    public IEnumerable<KubeConfigNode> Items(string key) =>
        Nodes(key).Select((item, index) => new KubeConfigNode(item, file, $"{PlaceOf(key)}[{index}]"));

    public IReadOnlyList<string> Texts(string key) => [.. Nodes(key).Select(item => TextOf(key, item))];

    /// <summary>Whatever it is, as JSON.</summary>
    public string? Json(string key)
    {
        try
        {
            return Find(key) is { } value ? YamlJson.Convert(value) : null;
        }
        catch (YamlException)
        {
            throw new LeaseStoreConfigurationException($"{DescribeKey(key)} is nested too deep, or repeats itself too often.");
        }
    }

    private IReadOnlyList<YamlValue> Nodes(string key) => Find(key) switch
    {
        null or YamlValue.Text { Value: "" } => [],
        YamlValue.List list => list.Items,
        _ => throw new LeaseStoreConfigurationException($"{DescribeKey(key)} must be a list."),
    };

    private string TextOf(string key, YamlValue value) => value switch
    {
        { IsNull: true } => "",
        YamlValue.Text { Value: var text } when text.Contains('\0', StringComparison.Ordinal) =>
            throw new LeaseStoreConfigurationException($"{DescribeKey(key)} must not hold a zero character."),
        YamlValue.Text text => text.Value,
        _ => throw new LeaseStoreConfigurationException($"{DescribeKey(key)} must be a text."),
    };

    private YamlValue? Find(string key) => _map.Entries.GetValueOrDefault(key) is { IsNull: false } value ? value : null;

    private string PlaceOf(string key) => place.Length == 0 ? key : $"{place}.{key}";

    private static string Describe(string place, string file) =>
        place.Length == 0 ? $"The kubeconfig {file}" : $"{place} in the kubeconfig {file}";
}
