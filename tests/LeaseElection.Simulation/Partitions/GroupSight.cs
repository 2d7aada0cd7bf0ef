using System.Globalization;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Partitions;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>What one process sees of its group: one list and one watch, begun anew when it breaks or falls silent.</summary>
internal sealed class GroupSight(Fleet fleet, Replica replica)
{
    private static readonly TimeSpan Timeout = ElectorSettings.RequestTimeout;

    private readonly Dictionary<string, LeaseView> _members = [];
    private readonly LeaseView[] _partitions = [.. Enumerable.Range(0, fleet.Scenario.MostPartitions).Select(_ => new LeaseView())];
    private readonly TimeSpan[] _changedAt = new TimeSpan[fleet.Scenario.MostPartitions];
    private GroupWatch? _watch;
    private bool _isListing;
    private bool _isSilenceAwaited;
    private TimeSpan _heardAt;

    public TimeSpan? AsOf { get; private set; }

    public Lease? Newest(int index) => _partitions[index].Latest;

    public void Forget() => _watch?.Forget();

    public void Break() => _watch?.Break();

    public void Silence() => _watch?.Silence();

    public void List()
    {
        if (_isListing || replica.IsDead)
            return;
        _isListing = true;
        _watch?.Forget();
        TimeSpan sent = replica.Monotonic;
        replica.Machine.Send(
            Timeout,
            serve: () =>
            {
                _watch = new GroupWatch(fleet, replica);
                fleet.Server.Watch(_watch);
                return fleet.Server.Leases.ToArray();
            },
            answer: leases => replica.WhenAwake(() => Listed(leases, sent)),
            fail: _ => replica.WhenAwake(() =>
            {
                _isListing = false;
                _watch?.Forget();
                replica.After(replica.Settings.RetryPeriod, List);
            }));
    }

    public void Told(GroupWatch watch, string name, Lease lease)
    {
        if (watch != _watch)
            return;
        _heardAt = replica.Monotonic;
        if (!_isListing)
            AsOf = _heardAt;
        Observe(name, lease);
    }

    public void Broke(GroupWatch watch)
    {
        if (watch == _watch)
            List();
    }

    /// <summary>Who is present: whose presence has changed within its duration; and this process, from when its own is confirmed.</summary>
    public List<PartitionMember> Members(bool isConfirmed)
    {
        TimeSpan now = replica.Monotonic;
        var members = new List<PartitionMember>();
        foreach ((string member, LeaseView view) in _members)
        {
            if (member != replica.Identity && view.Latest!.Record.HasHolder && view.FreeAt > now)
                members.Add(new PartitionMember(member, fleet.Oracle.CountOf(member), view.RenewalSeenAt!.Value));
        }

        if (isConfirmed)
            members.Add(new PartitionMember(replica.Identity, replica.Count, now));
        return members;
    }

    public PartitionSight[] Partitions()
    {
        var sights = new PartitionSight[replica.Count];
        for (int i = 0; i < sights.Length; i++)
        {
            LeaseView view = _partitions[i];
            bool isHeld = view.Latest?.Record.HasHolder == true;
            TimeSpan freeAt = isHeld || view.Latest is null || view.FreeAt > _changedAt[i] ? view.FreeAt : _changedAt[i];
            sights[i] = new PartitionSight(
                isHeld ? view.Latest!.Record.HolderIdentity : null, view.RenewalSeenAt ?? TimeSpan.MinValue, freeAt, replica.PartOf(i));
        }

        return sights;
    }

    private void Listed(KeyValuePair<string, Lease>[] leases, TimeSpan sent)
    {
        _isListing = false;
        AsOf = sent;
        _heardAt = replica.Monotonic;
        foreach ((string name, Lease lease) in leases)
            Observe(name, lease);
        AwaitSilence();
        replica.LookSoon();
    }

    private void Observe(string name, Lease lease)
    {
        bool isPartition = char.IsAsciiDigit(name[0]);
        int index = isPartition ? int.Parse(name, CultureInfo.InvariantCulture) : -1;
        LeaseView? view = isPartition ? _partitions[index] : _members.GetValueOrDefault(name);
        if (view is null)
            _members.Add(name, view = new LeaseView());
        string? holder = view.Latest?.Record.HolderIdentity;
        bool wasPresent = isPartition || view.FreeAt > replica.Monotonic;
        if (view.ObserveNext(lease, replica.Monotonic, own: false) != Sighting.Changed)
            return;
        if (isPartition)
        {
            _changedAt[index] = replica.Monotonic;
            replica.Seen(index, lease);
        }
        else if (view.FreeAt > replica.Monotonic)
        {
            replica.After(view.FreeAt - replica.Monotonic, replica.LookSoon); // Its presence runs out, unless it is renewed.
        }

        if (holder != lease.Record.HolderIdentity || !wasPresent)
            replica.LookSoon();
    }

    /// <summary>A watch that has told nothing for two renew intervals is not believed any more.</summary>
    private void AwaitSilence()
    {
        if (_isSilenceAwaited)
            return;
        _isSilenceAwaited = true;
        TimeSpan silentAt = _heardAt + (replica.Settings.RenewInterval * 2);
        replica.After(silentAt - replica.Monotonic, () =>
        {
            _isSilenceAwaited = false;
            if (_isListing)
                return;
            if (replica.Monotonic >= _heardAt + (replica.Settings.RenewInterval * 2))
                List();
            else
                AwaitSilence();
        });
    }
}
