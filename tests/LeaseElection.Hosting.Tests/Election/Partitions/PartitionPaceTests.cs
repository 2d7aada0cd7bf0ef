using System.Globalization;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Partitions;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election.Partitions;

/// <summary>That a view of partitions is never older than a keeper trusts, whatever the timings are.</summary>
public sealed class PartitionPaceTests
{
    private static readonly LeaseStoreError Denied = new(LeaseStoreErrorKind.Forbidden, "grant it");

    /// <summary>Of a group with the presence of this process alone, and a lease whose holder has crashed.</summary>
    /// <param name="renewInterval">The election's, in seconds.</param>
    /// <param name="retryPeriod">The election's.</param>
    /// <param name="members">How long a presence lasts; it is renewed four times in that.</param>
    /// <param name="isWatched">Whether there is a watch.</param>
    [Theory]
    [InlineData(3, 2, 40, true)]
    [InlineData(3, 2, 40, false)]
    [InlineData(1, 2, 40, true)]
    [InlineData(1, 5, 40, true)]
    [InlineData(1, 5, 40, false)]
    [InlineData(1, 9, 40, false)]
    [InlineData(0.1, 9, 40, true)]
    [InlineData(0.1, 9, 40, false)]
    [InlineData(3, 2, 3600, true)]
    [InlineData(5, 9, 3600, false)]
    public void View_NobodyRenewsAnyPartition_IsNeverOlderThanTheKeeperTrusts(
        double renewInterval, double retryPeriod, double members, bool isWatched)
    {
        ElectorSettings election = Election(renewInterval, retryPeriod);
        var fleet = new Following(PartitionPace.Of(Group(election, members), election), isWatched)
        {
            RoundTrip = election.LongestRequest / 6,
        };

        fleet.Follow(TimeSpan.FromMinutes(5));

        Assert.InRange(fleet.Oldest, TimeSpan.Zero, PartitionKeeperSettings.TrustOf(election));
    }

    /// <summary>Half of a lease of 15 s, as long as a partition is owned; and retried every 2 s.</summary>
    [Fact]
    public void Of_DefaultTimings_AsksForNoMoreThanWithoutWherePartitionsAreOwned()
    {
        ElectorSettings election = Election(renewInterval: 3, retryPeriod: 2);
        ElectorSettings group = Group(election, 40);

        ElectorSettings pace = PartitionPace.Of(group, election);

        Assert.InRange(pace.LeaseDuration, election.LeaseDuration, group.LeaseDuration);
        Assert.Equal(group with { LeaseDuration = pace.LeaseDuration }, pace);
    }

    /// <summary>Who knows of nothing sooner follows no less closely for it.</summary>
    [Fact]
    public void Of_MembersThatAreShorterThanThePartitionsAsk_IsTheirs()
    {
        ElectorSettings election = Election(renewInterval: 5, retryPeriod: 2);
        ElectorSettings group = Group(election, 6);

        Assert.Equal(group, PartitionPace.Of(group, election));
    }

    private static ElectorSettings Election(double renewInterval, double retryPeriod) => ElectorDriver.Defaults with
    {
        RenewInterval = TimeSpan.FromSeconds(renewInterval),
        RetryPeriod = TimeSpan.FromSeconds(retryPeriod),
    };

    private static ElectorSettings Group(ElectorSettings election, double members) => election with
    {
        LeaseDuration = TimeSpan.FromSeconds(members),
        RenewDeadline = TimeSpan.FromSeconds(members * 2 / 3),
        RenewInterval = TimeSpan.FromSeconds(members / 4),
    };

    /// <summary>A group as one process follows it: what the keeper asks for is answered after a while.</summary>
    private sealed class Following(ElectorSettings pace, bool isWatched)
    {
        private readonly GroupKeeper _keeper = new(pace, new SteadyRandom(1)); // Polls come as late as they may.
        private readonly PriorityQueue<GroupInput, TimeSpan> _due = new();
        private readonly Lease _crashed = Lease(1, SomeRecord.HeldBy("crashed", duration: 15));
        private TimeSpan _now;
        private int _version = 1;

        public required TimeSpan RoundTrip { get; init; }

        public TimeSpan Oldest { get; private set; }

        public void Follow(TimeSpan time)
        {
            _due.Enqueue(new GroupInput.TimerFired(), TimeSpan.Zero);
            for (TimeSpan at = TimeSpan.FromSeconds(1); isWatched && at < time; at += pace.RenewInterval)
                _due.Enqueue(new GroupInput.Watched(new LeaseGroupEvent.Changed("self", Presence())), at);
            while (_due.TryDequeue(out GroupInput? input, out TimeSpan at) && at < time)
            {
                _now = at;
                if (_keeper.View.AsOf is { } asOf && _now - asOf > Oldest)
                    Oldest = _now - asOf;
                foreach (ElectionOutput output in _keeper.Handle(input, new ElectionTime(_now, DateTimeOffset.UnixEpoch + _now)))
                    Answer(output);
            }
        }

        private void Answer(ElectionOutput output)
        {
            switch (output)
            {
                case ElectionOutput.Read:
                    var leases = new Dictionary<string, Lease> { ["crashed"] = _crashed, ["self"] = Presence() };
                    _due.Enqueue(new GroupInput.Listed(leases, Text(++_version)), _now + RoundTrip);
                    break;
                case ElectionOutput.Watch when !isWatched:
                    _due.Enqueue(new GroupInput.WatchBroken(Denied), _now);
                    break;
                case ElectionOutput.WakeAt wake:
                    _due.Enqueue(new GroupInput.TimerFired(), wake.Instant);
                    break;
            }
        }

        private Lease Presence() => Lease(++_version, SomeRecord.HeldBy("self", renewed: _version, duration: 40));

        private static Lease Lease(int version, LeaseRecord record) =>
            new() { ResourceVersion = Text(version), Uid = "uid", Record = record };

        private static string Text(int version) => version.ToString(CultureInfo.InvariantCulture);
    }
}
