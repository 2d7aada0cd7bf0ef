using System.Runtime.InteropServices;

namespace LeaseElection.Hosting.Election.Partitions;

/// <summary>
/// Who is present, and which of them are of no use: dead, which shows by their leases, or by a renewal of their presence that is overdue,
/// long before that runs out; or not able to do what is wanted of them. These are passed over: they keep what they hold, and are given
/// nothing more until they are of use again.
/// </summary>
internal sealed class PartitionMembers(PartitionKeeperSettings settings, PartitionTurn turn)
{
    private readonly Dictionary<string, Standing> _members = [];
    private readonly HashSet<string> _passedOver = [];
    private readonly HashSet<string> _silent = [];
    private readonly HashSet<string> _unproven = [];
    private bool _hasLooked;

    /// <summary>
    /// Whether a lease named a holder when we first looked, if only one that is dead: then others have worked here before, and who is
    /// present may be as dead, also when the last of those leases has run out.
    /// </summary>
    private bool _wasAnythingHeld;

    /// <summary>Who takes part, passed over or not.</summary>
    public IReadOnlyCollection<string> Present => _members.Keys;

    public IReadOnlySet<string> PassedOver => _passedOver;

    /// <param name="partitions">Who is seen to hold what, which is a sign of life too.</param>
    /// <param name="seenSince">
    /// Since when what is seen has been seen without a break: whose silence began before may have been heard, and who seems to have left
    /// may not have been able to say that it is here.
    /// </param>
    public void Look(IReadOnlyList<PartitionWish> partitions, TimeSpan seenSince)
    {
        HashSet<string> gone = [.. _members.Keys];
        foreach (PartitionMember member in turn.View.Members)
        {
            if (member.Count is null)
                continue;
            gone.Remove(member.Identity);
            ref Standing? standing = ref CollectionsMarshal.GetValueRefOrAddDefault(_members, member.Identity, out _);
            standing ??= new Standing { Since = turn.Instant, WasThere = !_hasLooked, FirstHeardAt = member.RenewedAt };
            standing.Heard(member.RenewedAt);
            standing.PresentAt = member.RenewedAt;
        }

        foreach (string member in gone)
        {
            // Who was here before the gap and could not say so since, because the presence ran out first, gets the time to.
            bool couldSaySo = _members[member].Since >= seenSince || _members[member].PresentAt >= seenSince;
            if (couldSaySo || turn.IsDue(seenSince + (settings.RetryPeriod * 2)))
                _members.Remove(member);
        }

        foreach (PartitionWish partition in partitions)
        {
            if (partition.Holder is { } holder && _members.TryGetValue(holder, out Standing? standing))
                standing.Holds(partition.Sight.RenewedAt, partition.HeldSince);
        }

        bool isAnythingHeld = partitions.Any(partition => partition.Holder is not null);
        if (!_hasLooked)
            _wasAnythingHeld = partitions.Any(partition => partition.Sight.Holder is not null);
        _hasLooked = true;
        _passedOver.Clear();
        _silent.Clear();
        _unproven.Clear();
        foreach ((string member, Standing standing) in _members)
        {
            if (member == settings.Identity)
                continue;
            TimeSpan heardAt = standing.HeardAt > seenSince ? standing.HeardAt : seenSince;
            if (turn.SeenUntil - heardAt > settings.PresenceInterval * 1.25)
                _silent.Add(member);
            else if ((isAnythingHeld || _wasAnythingHeld) && standing.IsUnproven)
                _unproven.Add(member);
            if (_silent.Contains(member) || _unproven.Contains(member) || standing.IsPassedOver(turn))
                _passedOver.Add(member);
        }
    }

    /// <summary>Whether its presence should have been renewed a while ago: it is most likely dead.</summary>
    public bool IsSilent(string member) => _silent.Contains(member);

    /// <summary>
    /// It was there before us, and has given no sign of life since. Whoever crashed within the hour still has a presence, and nobody can
    /// tell at first sight whether it is old. Where nothing is held, nor was at first sight, all are trusted: they have all just begun.
    /// </summary>
    public bool IsUnproven(string member) => _unproven.Contains(member);

    /// <summary>It knows of fewer partitions than are shared out still: nothing is wanted of it until they are that few.</summary>
    public void PassOverWhoKnowsFewer(int shared)
    {
        foreach (PartitionMember member in turn.View.Members)
        {
            if (member.Count < shared)
                _passedOver.Add(member.Identity);
        }
    }

    /// <summary>Whether it takes part, is not us, and has not been passed over yet.</summary>
    public bool IsTrusted(string member) => member != settings.Identity && _members.ContainsKey(member) && !_passedOver.Contains(member);

    /// <summary>It has given a sign of life since then. Nothing is handed to one that may be dead.</summary>
    public bool IsAlive(string member, TimeSpan since) => _members.TryGetValue(member, out Standing? standing) && standing.HeardAt > since;

    /// <summary>From when on what speaks against a member counts: what it was passed over for before is over and done with.</summary>
    public TimeSpan CountsFrom(string member) =>
        _members.TryGetValue(member, out Standing? standing) ? standing.CountsFrom : TimeSpan.MinValue;

    /// <summary>When we saw it first.</summary>
    public TimeSpan Since(string member) => _members[member].Since;

    /// <summary>It may not take what is wanted of it before then, which is too long to wait for.</summary>
    public void CannotYet(string member, TimeSpan until)
    {
        _members[member].CannotYet(until);
        _passedOver.Add(member);
    }

    /// <summary>It has let the lease of a partition run out: it is passed over until it gives a sign of life.</summary>
    public void HasLost(string member, int index)
    {
        _members[member].Lose(turn.Instant);
        PassOver(member, index, null);
    }

    /// <summary>
    /// It has not taken what is wanted of it: it is passed over for a while, longer each time, or until it takes something.
    /// </summary>
    public void HasLeft(string member, int index) => PassOver(member, index, _members[member].Leave(turn.Instant));

    private void PassOver(string member, int index, TimeSpan? pause)
    {
        _passedOver.Add(member);
        turn.Report(new PartitionEvent.PassedOver(member, index, pause));
    }

    /// <summary>How one member stands with us.</summary>
    private sealed class Standing
    {
        private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
        private const int MostDoublings = 4;

        private TimeSpan _pause;
        private int _doublings;
        private TimeSpan _lostAt = TimeSpan.MinValue;
        private TimeSpan _leftAt = TimeSpan.MinValue;
        private TimeSpan _until = TimeSpan.MinValue;

        /// <summary>Whether it was there when we first looked.</summary>
        public bool WasThere { get; init; }

        public TimeSpan FirstHeardAt { get; init; }

        /// <summary>When we saw it first.</summary>
        public TimeSpan Since { get; init; }

        /// <summary>When its presence was last renewed.</summary>
        public TimeSpan PresentAt { get; set; }

        public bool IsUnproven => WasThere && HeardAt <= FirstHeardAt;

        /// <summary>When it last gave a sign of life.</summary>
        public TimeSpan HeardAt { get; private set; } = TimeSpan.MinValue;

        public TimeSpan CountsFrom => _until > _lostAt ? _until : _lostAt;

        public void Heard(TimeSpan at) => HeardAt = at > HeardAt ? at : HeardAt;

        /// <summary>It is seen to hold a partition.</summary>
        public void Holds(TimeSpan renewedAt, TimeSpan since)
        {
            Heard(renewedAt);
            if (since > _leftAt && _until > since)
                _until = since;
        }

        public void Lose(TimeSpan now) => _lostAt = now;

        public void CannotYet(TimeSpan until) => (_leftAt, _until) = (until, until > _until ? until : _until);

        public TimeSpan Leave(TimeSpan now)
        {
            _doublings = _pause == TimeSpan.Zero || now - _until > _pause * 2 ? 0 : Math.Min(_doublings + 1, MostDoublings);
            _pause = First * Math.Pow(2, _doublings);
            _leftAt = now;
            _until = now + _pause;
            return _pause;
        }

        public bool IsPassedOver(PartitionTurn turn) => HeardAt <= _lostAt || !turn.IsDue(_until);
    }
}
