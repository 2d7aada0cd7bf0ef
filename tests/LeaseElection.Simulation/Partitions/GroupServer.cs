using System.Globalization;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>
/// The API server as a group of leases sees it: compare and swap on each, one row of versions, and watches over all of them.
/// </summary>
internal sealed class GroupServer(Fleet fleet)
{
    private readonly Dictionary<string, Lease> _leases = [];
    private readonly List<GroupWatch> _watches = [];
    private readonly HashSet<string> _toDelete = [];
    private long _version = 100;

    public bool IsDown { get; set; }

    /// <summary>How many writes there were, of all leases.</summary>
    public long Version => _version;

    public IReadOnlyDictionary<string, Lease> Leases => _leases;

    public Lease? Find(string name) => _leases.GetValueOrDefault(name);

    /// <summary>
    /// Writes a lease if it is the version named, or absent as named; returns what it is then, or <see langword="null"/>.
    /// </summary>
    public Lease? Write(string name, Lease? named, LeaseRecord record)
    {
        Lease? current = Find(name);
        if (current?.ResourceVersion != named?.ResourceVersion)
            return null;
        return Put(name, record);
    }

    public Lease Put(string name, LeaseRecord record)
    {
        string version = (++_version).ToString(CultureInfo.InvariantCulture);
        var lease = new Lease { ResourceVersion = version, Uid = Find(name)?.Uid ?? $"{name}.{version}", Record = record };
        _leases[name] = lease;
        fleet.Chronicle?.Add(fleet.Now, "server", $"{name}: '{record.HolderIdentity}' v{lease.ResourceVersion}");
        foreach (GroupWatch watch in _watches)
            watch.Tell(name, lease);
        if (_toDelete.Remove(name))
            fleet.In(fleet.Scenario.Settings.RenewInterval / 2, () => Delete(name));
        return lease;
    }

    /// <summary>
    /// Somebody deletes a lease, whoever holds it, between two renewals. Whose renewal is under way just then cannot know what came before
    /// it, and waits for a whole lease as all others do, so that any of them may be the next owner.
    /// </summary>
    public void DeleteAfterNextWrite(string name) => _toDelete.Add(name);

    public void Watch(GroupWatch watch) => _watches.Add(watch);

    public void Forget(GroupWatch watch) => _watches.Remove(watch);

    /// <summary>All watches are lost, as when the server restarts.</summary>
    public void BreakWatches()
    {
        foreach (GroupWatch watch in _watches.ToList())
            watch.Break();
    }

    private void Delete(string name)
    {
        if (!_leases.Remove(name))
            return;
        string version = (++_version).ToString(CultureInfo.InvariantCulture);
        fleet.Chronicle?.Add(fleet.Now, "server", $"{name} is deleted, v{version}");
        foreach (GroupWatch watch in _watches)
            watch.TellGone(name, version);
    }
}
