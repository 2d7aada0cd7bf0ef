namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>
/// A text in a file, or given in place. Not a record: a record prints its members, and this may be a token or a private key.
/// </summary>
internal sealed class TextSource
{
    private readonly string? _text;

    private TextSource(string name, string? text, string? path)
    {
        Name = name;
        Path = path;
        _text = text;
    }

    /// <summary>The file, or the place in a kubeconfig, for messages.</summary>
    public string Name { get; }

    /// <summary><see langword="null"/> for a text given in place, which never changes.</summary>
    public string? Path { get; }

    public static TextSource FromFile(string path) => new(path, text: null, path);

    public static TextSource Inline(string name, string text) => new(name, text, path: null);

    /// <summary>
    /// Opens the file by its path each time: the kubelet replaces it behind a symbolic link, so that an open handle, or a watcher of the
    /// file, would see the old one for ever.
    /// </summary>
    public string Read() => _text ?? File.ReadAllText(Path!);
}
