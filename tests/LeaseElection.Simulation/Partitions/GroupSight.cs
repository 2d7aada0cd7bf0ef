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
    private readonly ElectorSettings _pace = FleetScenario.Pace(replica.Settings);
    private readonly LeaseView[] _partitions = [.. Enumerable.Range(0, fleet.Scenario.MostPartitions).Select(_ => new LeaseView())];
    private readonly TimeSpan[] _changedAt = new TimeSpan[fleet.Scenario.MostPartitions];
    private readonly string?[] _goneIn = new string?[fleet.Scenario.MostPartitions];
    private GroupWatch? _watch;
    private bool _isListing;
    private bool _isSilenceAwaited;
    private TimeSpan _heardAt;

    public TimeSpan? AsOf { get; private set; }

    public Lease? Newest(int index) => _partitions[index].Latest;

    /// <summary>When its newest version was received.</summary>
    public TimeSpan ChangedAt(int index) => _changedAt[index];

    /// <summary>The version in which the lease of a partition was gone, if it is.</summary>
    public string? GoneIn(int index) => _goneIn[index];

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
                return (Leases: fleet.Server.Leases.ToDictionary(), fleet.Server.Version);
            },
            answer: list => replica.WhenAwake(() => Listed(list.Leases, list.Version, sent)),
            fail: _ => replica.WhenAwake(() =>
            {
                _isListing = false;
                _watch?.Forget();
                replica.After(_pace.RetryPeriod, List);
            }));
    }

    public void Told(GroupWatch watch, string name, Lease lease)
    {
        if (Hears(watch))
            Observe(name, lease);
    }

    public void ToldGone(GroupWatch watch, string name, string version)
    {
        if (Hears(watch))
            Gone(int.Parse(name, CultureInfo.InvariantCulture), version); // Nobody deletes presences.
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

    private bool Hears(GroupWatch watch)
    {
        if (watch != _watch)
            return false;
        _heardAt = replica.Monotonic;
        if (!_isListing)
            AsOf = _heardAt;
        return true;
    }

    private void Listed(Dictionary<string, Lease> leases, long version, TimeSpan sent)
    {
        _isListing = false;
        AsOf = sent;
        _heardAt = replica.Monotonic;
        for (int i = 0; i < _partitions.Length; i++)
        {
            // The watch may have told already what came after the list.
            if (Newest(i) is { } known && !leases.ContainsKey(fleet.NameOf(i))
                && long.Parse(known.ResourceVersion, CultureInfo.InvariantCulture) <= version)
                Gone(i, version.ToString(CultureInfo.InvariantCulture));
        }

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
            _goneIn[index] = null;
            replica.Seen(index, lease);
        }
        else if (view.FreeAt > replica.Monotonic)
        {
            replica.After(view.FreeAt - replica.Monotonic, replica.LookSoon); // Its presence runs out, unless it is renewed.
        }

        if (holder != lease.Record.HolderIdentity || !wasPresent)
            replica.LookSoon();
    }

    private void Gone(int index, string version)
    {
        _partitions[index] = new LeaseView();
        _changedAt[index] = TimeSpan.Zero;
        _goneIn[index] = version;
        replica.Gone(index, version);
        replica.LookSoon();
    }

    /// <summary>How long a watch may tell nothing before it is not believed any more, as <see cref="GroupKeeper"/> has it.</summary>
    private TimeSpan LongestSilence()
    {
        TimeSpan now = replica.Monotonic;
        bool isAnyLive = Array.Exists(_partitions, view => view.Latest?.Record.HasHolder == true && view.FreeAt > now);
        TimeSpan lease = replica.Settings.LeaseDuration;
        return (isAnyLive && lease < _pace.LeaseDuration ? lease : _pace.LeaseDuration) / 2;
    }

    private void AwaitSilence()
    {
        if (_isSilenceAwaited)
            return;
        _isSilenceAwaited = true;
        TimeSpan silentAt = _heardAt + LongestSilence();
        replica.After(silentAt - replica.Monotonic, () =>
        {
            _isSilenceAwaited = false;
            if (_isListing)
                return;
            if (replica.Monotonic >= _heardAt + LongestSilence())
                List();
            else
                AwaitSilence();
        });
    }
}
