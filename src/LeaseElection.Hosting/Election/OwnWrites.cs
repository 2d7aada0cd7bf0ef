using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>
/// The records that this process wrote or may have written. A record under our identity that is not among them was written by
/// somebody else (design 5, rule 6), so identities are never taken as proof of anything. A refused write stays on the list: a
/// proxy may have delivered it twice, and the refusal is then that of the second copy.
/// </summary>
internal sealed class OwnWrites
{
    /// <summary>More unresolved writes than an election can have within one outage; older ones can no longer commit.</summary>
    private const int Most = 32;

    private readonly List<LeaseRecord> _records = [];
    private LeaseRecord? _confirmed;

    /// <summary>Whether a write was sent whose outcome nobody knows.</summary>
    public bool HasUnresolved { get; private set; }

    /// <summary>A write is about to be sent: from now on it may turn up, even before its own reply does.</summary>
    public void Sending(LeaseRecord record)
    {
        if (_records.Count == Most)
            _records.RemoveAt(0);
        _records.Add(record);
    }

    /// <summary>A write succeeded: all earlier ones named an older version and can no longer commit.</summary>
    public void Confirmed(LeaseRecord record)
    {
        _records.Clear();
        _confirmed = record;
        HasUnresolved = false;
    }

    /// <summary>Nobody knows what became of a write.</summary>
    public void LostTrack() => HasUnresolved = true;

    public bool Contains(Lease? lease) => lease is not null && (lease.Record == _confirmed || _records.Contains(lease.Record));
}
