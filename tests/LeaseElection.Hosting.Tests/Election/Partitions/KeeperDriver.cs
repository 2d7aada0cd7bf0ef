using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Partitions;

namespace LeaseElection.Hosting.Tests.Election.Partitions;

/// <summary>Shows a keeper a fleet that a test describes, and plays along: what it says is done, in no time.</summary>
internal sealed class KeeperDriver
{
    public const string Self = "self";

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private readonly PartitionKeeper _keeper;
    private readonly Dictionary<string, (int? Count, TimeSpan? Silent)> _members = [];
    private readonly (string? Holder, TimeSpan RenewedAt, TimeSpan FreeAt, bool Renews, PartitionPart Part)[] _partitions;
    private TimeSpan? _asOf;

    public KeeperDriver(int count = 4)
    {
        _keeper = new PartitionKeeper(new PartitionKeeperSettings
        {
            Identity = Self,
            Count = count,
            RetryPeriod = TimeSpan.FromSeconds(2),
            MoveAfter = TimeSpan.FromSeconds(10),
            PresenceInterval = TimeSpan.FromSeconds(10),
            TrustFor = TimeSpan.FromSeconds(8.5),
        });
        _partitions = new (string?, TimeSpan, TimeSpan, bool, PartitionPart)[count];
        Count = count;
        Join(Self);
    }

    public int Count { get; }

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(100);

    /// <summary>Whether the server answers: without, nothing is heard any more.</summary>
    public bool Answers { get; set; } = true;

    /// <summary>What the last look put out, without when to look again.</summary>
    public IReadOnlyList<PartitionOutput> Last { get; private set; } = [];

    public List<PartitionOutput> All { get; } = [];

    public IEnumerable<PartitionEvent> Told => All.OfType<PartitionOutput.Report>().Select(report => report.Event);

    public int[] Stood => [.. All.OfType<PartitionOutput.Stand>().Select(stand => stand.Index)];

    public int[] GivenUp => [.. All.OfType<PartitionOutput.StepDown>().Select(stepDown => stepDown.Index)];

    public void Join(string member) => Join(member, Count);

    public void Join(string member, int? count) => _members[member] = (count, null);

    public void Leave(string member) => _members.Remove(member);

    /// <summary>It renews nothing any more, neither its presence nor what it holds.</summary>
    public void Die(string member)
    {
        _members[member] = (_members[member].Count, Now);
        Freeze(member);
    }

    /// <summary>It renews nothing that it holds any more.</summary>
    public void Freeze(string member)
    {
        for (int i = 0; i < _partitions.Length; i++)
            _partitions[i].Renews &= _partitions[i].Holder != member;
    }

    public void Hold(string? member, params int[] indexes)
    {
        foreach (int i in indexes)
        {
            PartitionPart before = _partitions[i].Part == PartitionPart.Leading ? PartitionPart.None : _partitions[i].Part;
            PartitionPart part = member == Self ? PartitionPart.Leading : before;
            _partitions[i] = (member, Now, member is null ? Now : Now + Lease, member is not null, part);
        }
    }

    /// <summary>Somebody deletes their leases, behind their holders.</summary>
    public void Delete(params int[] indexes)
    {
        foreach (int i in indexes)
            _partitions[i] = (null, TimeSpan.MinValue, TimeSpan.MinValue, false, _partitions[i].Part);
    }

    /// <summary>A while ago we stood for these, and got them, and others for the rest. What was put out until then is forgotten.</summary>
    public void Begin(int[] ours, string? other = null, params int[] others)
    {
        if (other is not null)
            Leave(other);
        Look();
        Hold(Self, ours);
        if (other is not null)
        {
            Join(other);
            Hold(other, others);
        }

        Look();
        All.Clear();
    }

    public PartitionPart Part(int index) => _partitions[index].Part;

    /// <summary>What the loop of one partition does now.</summary>
    public void Does(int index, PartitionPart part) => _partitions[index].Part = part;

    /// <summary>Time passes, with a look twice a second.</summary>
    public KeeperDriver Pass(double seconds)
    {
        TimeSpan end = Now + TimeSpan.FromSeconds(seconds);
        while (Now < end)
        {
            Now += TimeSpan.FromSeconds(0.5);
            Look();
        }

        return this;
    }

    public KeeperDriver Look(bool isLeaving = false)
    {
        if (Answers)
            Hear();
        var view = new PartitionView
        {
            AsOf = _asOf,
            Members =
            [
                .. _members.Select(member => new PartitionMember(member.Key, member.Value.Count, member.Value.Silent ?? _asOf ?? Now)),
            ],
            Partitions = [.. _partitions.Select(seen => new PartitionSight(seen.Holder, seen.RenewedAt, seen.FreeAt, seen.Part))],
            IsLeaving = isLeaving,
        };
        IReadOnlyList<PartitionOutput> outputs = _keeper.Look(view, new ElectionTime(Now, DateTimeOffset.UnixEpoch + Now));
        Last = [.. outputs.Where(output => output is not PartitionOutput.WakeAt)];
        All.AddRange(Last);
        foreach (PartitionOutput output in Last)
            CarryOut(output);
        return this;
    }

    private void Hear()
    {
        _asOf = Now;
        for (int i = 0; i < _partitions.Length; i++)
        {
            if (_partitions[i].Renews)
                (_partitions[i].RenewedAt, _partitions[i].FreeAt) = (Now, Now + Lease);
        }
    }

    /// <summary>A loop stands until the test says more; one that is to end has ended at the next look.</summary>
    private void CarryOut(PartitionOutput output)
    {
        switch (output)
        {
            case PartitionOutput.Stand stand:
                _partitions[stand.Index].Part = PartitionPart.Standing;
                break;
            case PartitionOutput.Withdraw withdraw:
                _partitions[withdraw.Index].Part = PartitionPart.None;
                break;
            case PartitionOutput.StepDown stepDown:
                _partitions[stepDown.Index] = (null, Now, Now, false, PartitionPart.None);
                break;
        }
    }
}
