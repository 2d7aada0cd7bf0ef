namespace LeaseElection.Hosting.Leases.Files;

/// <summary>Asks after the holders of all leases of a group whose death could be proven.</summary>
internal sealed class GroupProbes(string folder) : IDisposable
{
    private readonly Dictionary<string, (AliveMark Mark, AliveProbe Probe)> _probes = new(StringComparer.Ordinal);

    /// <summary>The versions of whose holders the death was told: once, as a version does not change by it.</summary>
    private readonly Dictionary<string, string> _dead = new(StringComparer.Ordinal);

    public bool IsEmpty => _probes.Count == 0;

    /// <summary>From now on after these. A holder in this process lives.</summary>
    public void AskAfter(IReadOnlyDictionary<string, AliveMark> marks)
    {
        foreach ((string name, (AliveMark mark, AliveProbe probe)) in _probes.ToArray())
        {
            if (marks.GetValueOrDefault(name) == mark)
                continue;
            probe.Dispose();
            _probes.Remove(name);
            _dead.Remove(name);
        }
        foreach ((string name, AliveMark mark) in marks)
        {
            if (!_probes.ContainsKey(name) && !AliveFile.IsHeldHere(mark.FileName))
                _probes[name] = (mark, new AliveProbe(Path.Combine(folder, name, mark.FileName)));
        }
    }

    /// <summary>The leases whose holders are gone, which was not told of their present versions.</summary>
    /// <param name="versionOf">The version of a lease.</param>
    /// <exception cref="FileStoreException">The file system does not lock, so that nothing can be proven here.</exception>
    public IReadOnlyList<(string Name, AliveMark Mark)> FindDead(Func<string, string?> versionOf)
    {
        List<(string, AliveMark)> dead = [];
        foreach ((string name, (AliveMark mark, AliveProbe probe)) in _probes)
        {
            if (_dead.GetValueOrDefault(name) != versionOf(name) && probe.OwnerIsGone())
                dead.Add((name, mark));
        }
        return dead;
    }

    public void ToldDead(string name, string version) => _dead[name] = version;

    public void Dispose()
    {
        foreach ((_, AliveProbe probe) in _probes.Values)
            probe.Dispose();
    }
}
