namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>
/// A text in a file, or given in place. Equal are two that say the same; printed is the name alone, for the text may be a token or a
/// private key.
/// </summary>
internal sealed record TextSource
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

    /// <summary>
    /// A file with a text that counts while the file cannot be read or is empty, as a kubeconfig's token beside its tokenFile.
    /// </summary>
    public static TextSource FromFile(string path, string otherwise) => new(path, otherwise, path);

    public static TextSource Inline(string name, string text) => new(name, text, path: null);

    public override string ToString() => Name;

    /// <summary>
    /// Opens the file by its path each time: the kubelet replaces it behind a symbolic link, so that an open handle, or a watcher of the
    /// file, would see the old one for ever.
    /// </summary>
    public string Read()
    {
        if (Path is null)
            return _text!;
        try
        {
            string text = File.ReadAllText(Path);
            return _text is null || !string.IsNullOrWhiteSpace(text) ? text : _text;
        }
        catch (Exception e) when (_text is not null && e is IOException or UnauthorizedAccessException)
        {
            return _text;
        }
    }
}
