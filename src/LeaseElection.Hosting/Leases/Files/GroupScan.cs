namespace LeaseElection.Hosting.Leases.Files;

/// <summary>
/// Compares the leases of a group with what was told of them. A file is read when its date has changed, which every write of ours and of
/// an editor does; to ask for the date takes some microseconds, so that hundreds can be looked at several times a second. Where dates
/// are whole seconds, as on some network shares, a second write may bear the date of the first: such a file is read each time.
/// </summary>
internal sealed class GroupScan
{
    private static readonly DateTime Missing = DateTime.FromFileTimeUtc(0);

    private readonly string _folder;
    private readonly string _group;
    private readonly Dictionary<string, string> _told;
    private readonly Dictionary<string, (DateTime Modified, LeaseFile File)> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AliveMark> _marks = new(StringComparer.Ordinal);
    private long _version;

    /// <param name="folder">The folder of the namespace.</param>
    /// <param name="group">The value of the label.</param>
    /// <param name="told">What was told already: names and versions.</param>
    public GroupScan(string folder, string group, IReadOnlyDictionary<string, string> told)
    {
        _folder = folder;
        _group = group;
        _told = new Dictionary<string, string>(told, StringComparer.Ordinal);
        foreach (string version in told.Values)
            Pass(version);
    }

    public string Folder => _folder;

    public string Group => _group;

    public ToldLeases Told => new(LeaseFile.Text(_version), new Dictionary<string, string>(_told));

    /// <summary>The marks of those leases that have one: of no other holder can anything be proven.</summary>
    public IReadOnlyDictionary<string, AliveMark> Marks => _marks;

    public string? VersionOf(string name) => _told.GetValueOrDefault(name);

    public IEnumerable<LeaseGroupEvent> LookAtAll()
    {
        // Those whose folders have gone with them, too.
        HashSet<string> names = [.. _told.Keys, .. Directory.EnumerateDirectories(_folder).Select(folder => Path.GetFileName(folder))];
        foreach (string name in names)
        {
            if (Look(name) is { } news)
                yield return news;
        }
    }

    /// <returns>What is new of this lease.</returns>
    public LeaseGroupEvent? Look(string name)
    {
        string path = Path.Combine(_folder, name, LeasePaths.LeaseFileName);
        DateTime modified = File.GetLastWriteTimeUtc(path);
        (DateTime seen, LeaseFile file) = _seen.GetValueOrDefault(name);
        if (file is not null && seen == modified && !IsCoarse(modified))
            return null;
        file ??= new LeaseFile(PathsOf(name));
        LeaseDocument? document;
        try
        {
            document = modified == Missing ? null : file.Read();
        }
        catch (Exception e) when (e is FileStoreException or IOException or UnauthorizedAccessException)
        {
            // Looked at again with every poll. An editor that writes in place leaves half a file for an instant; and one that stays damaged
            // must not hide the others: whoever wants it reads it by itself, and is told what is wrong.
            return null;
        }
        _seen[name] = (modified, file);
        bool isOurs = document?.Metadata is { } metadata && TraitsInMetadata.HasLabel(metadata, LeaseGroupName.Label, _group);
        return isOurs ? Found(name, document!) : Lost(name, document);
    }

    private LeaseGroupEvent.Changed? Found(string name, LeaseDocument document)
    {
        Lease lease = document.ToLease();
        if (AliveMark.Of(document) is { } mark)
            _marks[name] = mark;
        else
            _marks.Remove(name);
        Pass(lease.ResourceVersion);
        if (_told.GetValueOrDefault(name) == lease.ResourceVersion)
            return null;
        _told[name] = lease.ResourceVersion;
        return new LeaseGroupEvent.Changed(name, lease);
    }

    private LeaseGroupEvent.Gone? Lost(string name, LeaseDocument? document)
    {
        _marks.Remove(name);
        if (!_told.Remove(name))
            return null;
        if (document?.Metadata?.ResourceVersion is { } edited)
            Pass(edited);
        else
            _version++;
        return new LeaseGroupEvent.Gone(name, LeaseFile.Text(_version));
    }

    private void Pass(string resourceVersion)
    {
        if (LeaseFile.TryParseVersion(resourceVersion, out long version) && version > _version)
            _version = version;
    }

    private static bool IsCoarse(DateTime modified) => modified.Ticks % TimeSpan.TicksPerSecond == 0;

    private LeasePaths PathsOf(string name)
    {
        string directory = Path.GetDirectoryName(_folder)!;
        return new LeasePaths(directory, Path.GetFileName(_folder), name);
    }
}
