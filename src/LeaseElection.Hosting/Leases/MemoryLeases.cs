using System.Globalization;

namespace LeaseElection.Hosting.Leases;

/// <summary>
/// Leases that no other process sees: for one that always leads (<c>Enabled=false</c>), with all that it would share with others. They
/// never fail.
/// </summary>
internal sealed class MemoryLeases(string description) : ILeaseStoreSource
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lease> _leases = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();
    private long _version;
    private long _lastDeletion;

    public string Description => description;

    public ILeaseStore Open(string leaseName) => new MemoryLeaseStore(this, leaseName, LeaseTraits.None);

    public ILeaseGroup OpenGroup(string group) => new MemoryLeaseGroup(this, group);

    public LeaseReply Read(string name)
    {
        lock (_lock)
            return _leases.TryGetValue(name, out Lease? lease) ? new LeaseReply.Found(lease) : new LeaseReply.Absent();
    }

    /// <param name="name">Which lease.</param>
    /// <param name="current">The version to replace; <see langword="null"/>: it is to be created.</param>
    /// <param name="write">What it shall say.</param>
    /// <param name="traits">What it shall bear.</param>
    public LeaseReply Write(string name, Lease? current, LeaseWrite write, LeaseTraits traits)
    {
        lock (_lock)
        {
            Lease? present = _leases.GetValueOrDefault(name);
            if (Refusal(present, current) is { } refusal)
                return refusal;
            LeaseDocument document = (present?.Document ?? new LeaseDocument()).With(write.Record);
            LeaseMetadata metadata = document.Metadata ?? new LeaseMetadata { Name = name, Uid = Guid.NewGuid().ToString() };
            string version = Text(++_version);
            Lease written = (document with
            {
                Metadata = TraitsInMetadata.Put(traits, metadata).Annotate(write.Annotations) with { ResourceVersion = version },
            }).ToLease();
            _leases[name] = written;
            Changed();
            return new LeaseReply.Found(written);
        }
    }

    public LeaseReply Delete(string name, Lease current)
    {
        lock (_lock)
        {
            if (Refusal(_leases.GetValueOrDefault(name), current) is { } refusal)
                return refusal;
            _leases.Remove(name);
            _lastDeletion = ++_version;
            Changed();
            return new LeaseReply.Absent();
        }
    }

    /// <summary>What there is, of which version, and what tells of the next change.</summary>
    public (Dictionary<string, Lease> Leases, long Version, long LastDeletion, Task Changed) Look(Func<Lease, bool> which)
    {
        lock (_lock)
            return (_leases.Where(lease => which(lease.Value)).ToDictionary(), _version, _lastDeletion, _changed.Task);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private static LeaseReply? Refusal(Lease? present, Lease? current) => (present, current) switch
    {
        (null, null) => null,
        (null, _) => new LeaseReply.Absent(),
        (_, null) => new LeaseReply.Conflict(),
        _ => present.ResourceVersion == current.ResourceVersion && present.Uid == current.Uid ? null : new LeaseReply.Conflict(),
    };

    private void Changed()
    {
        TaskCompletionSource changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
