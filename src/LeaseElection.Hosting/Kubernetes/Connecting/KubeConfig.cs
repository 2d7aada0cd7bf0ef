using LeaseElection.Hosting.Kubernetes.Yaml;
using LeaseElection.Hosting.Leases;
using YamlDotNet.Core;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// One or several kubeconfig files as one, merged as kubectl does: of an entry that is in several of them the first wins, whole.
/// </summary>
internal sealed class KubeConfig
{
    private readonly List<string> _files = [];

    /// <summary>The files it was read from, for messages.</summary>
    public string Name => string.Join(Path.PathSeparator, _files);

    public string? CurrentContext { get; private set; }

    public Dictionary<string, KubeConfigNode> Contexts { get; } = [];

    public Dictionary<string, KubeConfigNode> Clusters { get; } = [];

    public Dictionary<string, KubeConfigNode> Users { get; } = [];

    /// <summary>
    /// As kubectl, it passes over what does not exist and nothing else: one that may not be read is no reason to go to another cluster,
    /// where a replica that may read it does not stand.
    /// </summary>
    /// <returns><see langword="null"/> if none of the files exists.</returns>
    public static KubeConfig? Load(IEnumerable<string> files, string? option = null)
    {
        var config = new KubeConfig();
        foreach (string file in files.Select(Path.GetFullPath))
        {
            if (!config.TryAdd(file) && option is not null)
            {
                throw new LeaseStoreConfigurationException(
                    $"{option} is '{file}', which does not exist. Name an existing kubeconfig file, or remove the option.");
            }
        }
        return config._files.Count > 0 ? config : null;
    }

    private bool TryAdd(string file)
    {
        if (Read(file) is not { } text)
            return false;
        _files.Add(file);
        if (Parse(file, text) is { } document)
            Add(file, document);
        return true;
    }

    private void Add(string file, YamlValue document)
    {
        var root = new KubeConfigNode(document, file, "");
        Expect(root, "kind", "Config");
        Expect(root, "apiVersion", "v1");
        CurrentContext ??= root.Text("current-context");
        Merge(Contexts, root, "contexts", "context");
        Merge(Clusters, root, "clusters", "cluster");
        Merge(Users, root, "users", "user");
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LeaseStoreConfigurationException($"The kubeconfig {file} cannot be read: {e.Message}", e);
        }
    }

    private static YamlValue? Parse(string file, string text)
    {
        try
        {
            return YamlReader.Read(text);
        }
        catch (YamlException e)
        {
            // The parser's text may quote what it stumbled over, which may be a token: line and column are enough to find it.
            throw new LeaseStoreConfigurationException(
                $"The kubeconfig {file} is not valid YAML near line {e.Start.Line}, column {e.Start.Column}. Correct it there.");
        }
    }

    /// <summary>Left out is right; another one is a file that was never meant as a kubeconfig.</summary>
    private static void Expect(KubeConfigNode root, string key, string expected)
    {
        // Without what it is: a quote that is never closed makes all that follows one value, tokens too.
        if (root.Text(key) is { } other && other != expected)
            throw new LeaseStoreConfigurationException($"{root.DescribeKey(key)} must be {expected}. Is it the file that was meant?");
    }

    private static void Merge(Dictionary<string, KubeConfigNode> entries, KubeConfigNode root, string list, string kind)
    {
        HashSet<string> ofThisFile = [];
        foreach (KubeConfigNode item in root.Items(list))
        {
            if (item.Text("name") is not { } name)
                continue;
            if (!ofThisFile.Add(name))
            {
                throw new LeaseStoreConfigurationException(
                    $"{root.DescribeKey(list)} has two entries with the name '{name}'. Remove or rename one of them.");
            }
            if (item.Child(kind) is { } body)
                entries.TryAdd(name, body);
        }
    }
}
