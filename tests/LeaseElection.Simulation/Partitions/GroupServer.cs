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
    private long _version = 100;

    public bool IsDown { get; set; }

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
        var lease = new Lease { ResourceVersion = (++_version).ToString(CultureInfo.InvariantCulture), Uid = name, Record = record };
        _leases[name] = lease;
        fleet.Chronicle?.Add(fleet.Now, "server", $"{name}: '{record.HolderIdentity}' v{lease.ResourceVersion}");
        foreach (GroupWatch watch in _watches)
            watch.Tell(name, lease);
        return lease;
    }

    public void Watch(GroupWatch watch) => _watches.Add(watch);

    public void Forget(GroupWatch watch) => _watches.Remove(watch);

    /// <summary>All watches are lost, as when the server restarts.</summary>
    public void BreakWatches()
    {
        foreach (GroupWatch watch in _watches.ToList())
            watch.Break();
    }
}
