namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>
/// Members that are present and of no use: dead, which shows by their leases long before it does by their presence, or unable to work. Each is
/// given nothing more until it is seen to take something, or a while has passed: a minute, twice that the next time, up to a quarter of
/// an hour, so that a member whose work faults costs a partition a few seconds ever more seldom.
/// </summary>
internal sealed class PassedOverMembers(PartitionTurn turn)
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private const int MostDoublings = 4;

    private readonly Dictionary<string, Strikes> _strikes = [];
    private readonly HashSet<string> _now = [];

    /// <summary>Who is passed over now.</summary>
    public IReadOnlySet<string> Now => _now;

    /// <summary>From when on what speaks against a member counts: what it was passed over for before is over and done with.</summary>
    public TimeSpan CountsFrom(string member) => _strikes.TryGetValue(member, out Strikes? strikes) ? strikes.Until : TimeSpan.MinValue;

    /// <summary>It does not take this partition, or let its lease run out.</summary>
    public void Add(string member, int index)
    {
        if (!_now.Add(member))
            return;
        if (!_strikes.TryGetValue(member, out Strikes? strikes))
            _strikes.Add(member, strikes = new Strikes());
        TimeSpan pause = strikes.Begin(turn.Instant);
        turn.Report(new PartitionEvent.PassedOver(member, index, pause));
    }

    /// <summary>Forgets who has left, and gives another chance to whom it is due.</summary>
    public void Look(IReadOnlyList<PartitionWish> partitions)
    {
        if (_strikes.Count == 0)
            return;
        foreach (string member in _strikes.Keys.Except(turn.View.Members.Select(member => member.Identity)).ToList())
        {
            _strikes.Remove(member);
            _now.Remove(member);
        }

        foreach (string member in _now.ToList())
        {
            Strikes strikes = _strikes[member];
            if (partitions.Any(partition => partition.Holder == member && partition.HeldSince > strikes.At))
                strikes.End(turn.Instant);
            if (turn.IsDue(strikes.Until))
                _now.Remove(member);
        }
    }

    private sealed class Strikes
    {
        private int _doublings;
        private TimeSpan _pause = TimeSpan.Zero;

        public TimeSpan At { get; private set; }

        public TimeSpan Until { get; private set; }

        public TimeSpan Begin(TimeSpan now)
        {
            bool isNew = _pause == TimeSpan.Zero || now - Until > _pause * 2;
            _doublings = isNew ? 0 : Math.Min(_doublings + 1, MostDoublings);
            _pause = First * Math.Pow(2, _doublings);
            At = now;
            Until = now + _pause;
            return _pause;
        }

        public void End(TimeSpan now) => Until = now;
    }
}
