using LeaseElection.Hosting.Leases;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// One or several kubeconfig files as one, merged as kubectl does: of an entry that occurs twice the first wins, whole. Read through
/// YamlDotNet's document model, because its deserializer needs reflection, which a trimmed app does not have.
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

    /// <returns><see langword="null"/> if none of the files exists.</returns>
    public static KubeConfig? Load(IEnumerable<string> files, bool missingIsError)
    {
        var config = new KubeConfig();
        foreach (string file in files.Select(Path.GetFullPath))
        {
            if (File.Exists(file))
            {
                config.Add(file);
            }
            else if (missingIsError)
            {
                throw new LeaseStoreConfigurationException(
                    $"LeaderElection:Kubernetes:KubeConfig is '{file}', which does not exist. "
                    + "Name an existing kubeconfig file, or remove the option.");
            }
        }
        return config._files.Count > 0 ? config : null;
    }

    private void Add(string file)
    {
        _files.Add(file);
        var yaml = new YamlStream();
        try
        {
            string text = File.ReadAllText(file);
            YamlNesting.Check(new StringReader(text));
            yaml.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            // The parser's text may quote what it stumbled over, which may be a token: line and column are enough to find it.
            throw new LeaseStoreConfigurationException(
                $"The kubeconfig {file} is not valid YAML near line {e.Start.Line}, column {e.Start.Column}. Correct it there.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LeaseStoreConfigurationException($"The kubeconfig {file} cannot be read: {e.Message}", e);
        }
        // What YamlDotNet throws beside its own exceptions: InvalidOperationException for "..." before a document, for one.
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or NotSupportedException or FormatException)
        {
            throw new LeaseStoreConfigurationException($"The kubeconfig {file} is not valid YAML. Write it anew, or correct it.");
        }

        if (yaml.Documents.Count == 0)
            return;
        var root = new KubeConfigNode(yaml.Documents[0].RootNode, file, "");
        CurrentContext ??= root.Text("current-context");
        Merge(Contexts, root, "contexts", "context");
        Merge(Clusters, root, "clusters", "cluster");
        Merge(Users, root, "users", "user");
    }

    private static void Merge(Dictionary<string, KubeConfigNode> entries, KubeConfigNode root, string list, string kind)
    {
        foreach (KubeConfigNode item in root.Items(list))
        {
            if (item.Text("name") is { } name && item.Child(kind) is { } body)
                entries.TryAdd(name, body);
        }
    }
}
