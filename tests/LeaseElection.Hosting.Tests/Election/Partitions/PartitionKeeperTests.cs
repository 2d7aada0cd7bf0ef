using LeaseElection.Hosting.Election.Partitions;

namespace LeaseElection.Hosting.Tests.Election.Partitions;

public class PartitionKeeperTests
{
    private const string Self = KeeperDriver.Self;

    private readonly KeeperDriver _fleet = new();

    [Fact]
    public void Look_Alone_StandsForEverythingAtOnce() => Assert.Equal([0, 1, 2, 3], _fleet.Look().Stood);

    [Fact]
    public void Look_TwoMembers_StandsForItsShareAtOnceAndForNoMore()
    {
        _fleet.Join("other");

        Assert.Equal(2, _fleet.Look().Stood.Length);
        Assert.Empty(_fleet.Look().Last);
    }

    [Fact]
    public void Look_NoListYet_DoesNothing()
    {
        _fleet.Answers = false;

        Assert.Empty(_fleet.Pass(30).All);
    }

    [Fact]
    public void Look_NotPresentYet_WaitsForItsPresence()
    {
        _fleet.Join("other");
        _fleet.Leave(Self);
        Assert.Empty(_fleet.Look().All);

        _fleet.Join(Self);

        Assert.Equal(2, _fleet.Look().Stood.Length);
    }

    /// <summary>The right to write presences is missing, say: unevenly shared is better than not worked on.</summary>
    [Fact]
    public void Look_NobodyIsPresent_TakesWhatNobodyTakes()
    {
        _fleet.Leave(Self);

        Assert.Empty(_fleet.Pass(3).All);
        Assert.Equal([0, 1, 2, 3], _fleet.Pass(2).Stood);
    }

    [Fact]
    public void Look_MemberWithoutCount_TakesNoPart()
    {
        _fleet.Join("members only", count: null);

        Assert.Equal([0, 1, 2, 3], _fleet.Look().Stood);
    }

    [Fact]
    public void Look_StoodForAndTakenByAnother_Withdraws()
    {
        _fleet.Join("other");
        int mine = _fleet.Look().Stood[0];
        int[] others = [.. Enumerable.Range(0, 4).Except(_fleet.Stood)];

        _fleet.Hold("other", mine, others[0]);
        _fleet.Look();

        Assert.Contains(new PartitionOutput.Withdraw(mine), _fleet.Last);
    }

    [Fact]
    public void MemberJoins_PlanSaysSoForTenSeconds_GivesUpOneAfterTheOther()
    {
        _fleet.Begin(ours: [0, 1, 2, 3]);
        _fleet.Join("new");

        Assert.Empty(_fleet.Pass(10).GivenUp);
        int first = Assert.Single(_fleet.Pass(0.5).GivenUp);
        Assert.Single(_fleet.Pass(2).GivenUp); // Nobody has taken it yet.
        _fleet.Hold("new", first);
        Assert.Equal(2, _fleet.Pass(0.5).GivenUp.Length);
        _fleet.Hold("new", _fleet.GivenUp[1]);
        Assert.Equal(2, _fleet.Pass(60).GivenUp.Length);
    }

    [Fact]
    public void MemberJoins_Drains_NothingElseIsGivenUpMeanwhile()
    {
        _fleet.Begin(ours: [0, 1, 2, 3]);
        _fleet.Join("new");
        int first = Assert.Single(_fleet.Pass(10.5).GivenUp);
        _fleet.Hold(Self, first);
        _fleet.Does(first, PartitionPart.Draining);

        Assert.Single(_fleet.Pass(60).GivenUp);
    }

    [Fact]
    public void MemberFlaps_NothingMoves()
    {
        _fleet.Begin(ours: [0, 1, 2, 3]);
        for (int i = 0; i < 20; i++)
        {
            _fleet.Join("flapping");
            _fleet.Pass(9);
            _fleet.Leave("flapping");
            _fleet.Pass(1);
        }

        Assert.Empty(_fleet.GivenUp);
    }

    [Fact]
    public void MemberJoinsAndDies_NothingIsHandedToIt()
    {
        _fleet.Begin(ours: [0, 1, 2, 3]);
        _fleet.Join("new");
        _fleet.Look();
        _fleet.Die("new");

        Assert.Empty(_fleet.Pass(39).GivenUp);
    }

    [Fact]
    public void NewOwnerDoesNotTake_PartitionComesBackAfterFourSecondsAndNothingElseGoes()
    {
        _fleet.Begin(ours: [0, 1, 2, 3]);
        _fleet.Join("idle");
        int given = Assert.Single(_fleet.Pass(10.5).GivenUp);

        Assert.DoesNotContain(given, _fleet.Pass(3.5).Stood);
        Assert.Contains(given, _fleet.Pass(1).Stood);
        _fleet.Hold(Self, given);
        Assert.Contains(new PartitionEvent.PassedOver("idle", given, TimeSpan.FromMinutes(1)), _fleet.Told);
        Assert.Single(_fleet.Pass(55).GivenUp);
    }

    [Fact]
    public void NewOwnerNeverTakes_IsTriedEverMoreSeldom()
    {
        _fleet.Begin(ours: [0, 1, 2, 3]);
        _fleet.Join("faulty");
        for (int i = 0; i < 4000; i++)
        {
            _fleet.Pass(0.5);
            foreach (int given in _fleet.GivenUp.Where(given => _fleet.Part(given) == PartitionPart.Standing))
                _fleet.Hold(Self, given);
        }

        Assert.Equal(
            [1, 2, 4, 8, 16],
            _fleet.Told.OfType<PartitionEvent.PassedOver>().Select(passed => passed.For!.Value.TotalMinutes).Take(5));
    }

    /// <summary>Its lease may not be created, say, or a stranger holds it: that no replica takes it is no replica's fault.</summary>
    [Fact]
    public void PartitionThatNobodyCanOwn_KeepsANewcomerFromNothingElse()
    {
        _fleet.Begin(ours: [0, 1, 2]);
        Assert.Equal(PartitionPart.Standing, _fleet.Part(3));
        _fleet.Pass(60);
        _fleet.Join("new");

        int given = Assert.Single(_fleet.Pass(11).GivenUp);
        _fleet.Hold("new", given);

        Assert.Single(_fleet.Pass(3600).GivenUp);
        Assert.Empty(_fleet.Told);
    }

    /// <summary>Its work fails everywhere, say, after a second each time: whoever has it for so short a time has shown nothing.</summary>
    [Fact]
    public void PartitionThatNobodyKeeps_KeepsANewcomerFromNothingElse()
    {
        _fleet.Begin(ours: [0, 1, 2]);
        _fleet.Pass(60);
        _fleet.Join("new");
        _fleet.Hold("new", 3);
        _fleet.Pass(1);
        _fleet.Hold(null, 3);
        _fleet.Pass(5);
        _fleet.Hold(Self, 3);
        _fleet.Pass(1);
        _fleet.Hold(null, 3);

        Assert.NotEqual(3, Assert.Single(_fleet.Pass(4).GivenUp));
        Assert.Empty(_fleet.Told);
    }

    /// <summary>It could be owned once, so whoever does not take it first is blamed; nobody is for it after that.</summary>
    [Fact]
    public void PartitionThatNobodyCanOwnAnyMore_KeepsANewcomerFromNothingElse()
    {
        _fleet.Begin(ours: [0, 1, 2, 3]);
        _fleet.Pass(60);
        _fleet.Hold(null, 3);
        _fleet.Does(3, PartitionPart.Standing);
        _fleet.Pass(9);
        _fleet.Join("new");

        Assert.Single(_fleet.Pass(11).GivenUp);
        Assert.Empty(_fleet.Told);
    }

    /// <summary>
    /// The plan has wanted it elsewhere for long by then: it would be given up in the instant in which it is taken, again and again.
    /// </summary>
    [Fact]
    public void PartitionThatNobodyTook_WhoeverTakesItKeepsItForTenSecondsAndWhoDoesNotThenIsToBlame()
    {
        int stuck = Enumerable.Range(0, 4).MinBy(index => PartitionRank.Of(PartitionRank.Of(Self), index)); // What goes first.
        _fleet.Begin(ours: [.. Enumerable.Range(0, 4).Where(index => index != stuck)]);
        _fleet.Pass(60);
        _fleet.Join("new");
        int given = Assert.Single(_fleet.Pass(11).GivenUp);
        _fleet.Hold("new", given);
        _fleet.Pass(60);

        _fleet.Hold(Self, stuck);

        Assert.Single(_fleet.Pass(10).GivenUp);
        Assert.Equal([given, stuck], _fleet.Pass(0.5).GivenUp);
        Assert.Empty(_fleet.Told);
        Assert.Equal([new PartitionEvent.PassedOver("new", stuck, TimeSpan.FromMinutes(1))], _fleet.Pass(4).Told);
    }

    /// <summary>Where those that nobody keeps go from hand to hand, whom the plan wants another of changes all the time.</summary>
    [Fact]
    public void WantedElsewhere_OfOneAfterTheOther_IsGivenUpAllTheSame()
    {
        _fleet.Begin(ours: [0, 1, 2, 3]);
        _fleet.Join("first");
        for (int i = 0; i < 10; i++)
        {
            (string comes, string goes) = i % 2 == 0 ? ("second", "first") : ("first", "second");
            _fleet.Join(comes);
            _fleet.Leave(goes);
            _fleet.Pass(1);
        }

        Assert.Single(_fleet.Pass(1.5).GivenUp);
    }

    /// <summary>Its owner makes it anew with its next renewal: until then it is as if nothing had happened.</summary>
    [Fact]
    public void LeaseIsDeleted_ItsOwnerIsNotBlamed()
    {
        _fleet.Begin(ours: [0, 1], "other", 2, 3);
        _fleet.Pass(60);

        _fleet.Delete(2);
        Assert.Empty(_fleet.Pass(6).All);
        _fleet.Hold("other", 2);

        Assert.Empty(_fleet.Pass(60).All);
    }

    [Fact]
    public void LeaseIsDeletedAndItsOwnerDies_IsTakenWhenItsTimeHasRunOut()
    {
        _fleet.Begin(ours: [0, 1], "dead", 2, 3);
        _fleet.Pass(60);
        _fleet.Die("dead");
        _fleet.Delete(2);

        Assert.Empty(_fleet.Pass(12.5).All);
        Assert.Equal([2, 3], _fleet.Pass(2.5).Stood);
    }

    [Fact]
    public void OwnerDies_ItsPartitionsAreTakenWhenTheirLeasesRunOut()
    {
        _fleet.Begin(ours: [0, 1], "dead", 2, 3);
        _fleet.Die("dead");

        Assert.Empty(_fleet.Pass(12.5).All);
        Assert.Equal([2, 3], _fleet.Pass(0.5).Stood); // Its presence is late too: we stand ready for the end of its leases.
        Assert.DoesNotContain(_fleet.Pass(30).All, output => output is PartitionOutput.Withdraw);
    }

    [Fact]
    public void OwnerLosesItsLeaseButIsPresent_IsPassedOverUntilItGivesASignOfLife()
    {
        _fleet.Begin(ours: [0, 1], "frozen", 2, 3);
        _fleet.Freeze("frozen");

        Assert.Empty(_fleet.Pass(14.5).All);
        Assert.Contains(new PartitionEvent.PassedOver("frozen", 2, null), _fleet.Pass(0.5).Told);
        Assert.Equal([2, 3], _fleet.Stood);
    }

    /// <summary>
    /// Of all who are gone, leases of partitions and a presence are left. The leases run out before the presence gives it away.
    /// </summary>
    [Fact]
    public void AllAreDeadAtFirstSight_NothingIsLeftToThePresenceThatNobodyRenews()
    {
        _fleet.Join("dead");
        _fleet.Hold("dead", 0, 1, 2, 3);
        _fleet.Die("dead");
        _fleet.Answers = false;
        _fleet.Pass(16);
        _fleet.Answers = true;

        Assert.Equal([0, 1, 2, 3], _fleet.Look().Stood);
        Assert.Empty(_fleet.Pass(12).All.OfType<PartitionOutput.Withdraw>());
    }

    /// <summary>It is started again at once, and the dead process counts as present for 40 s: only what was its own moves.</summary>
    [Fact]
    public void OwnerDiesAndAnotherJoins_NothingOfOursMoves()
    {
        _fleet.Begin(ours: [0, 1], "dead", 2, 3);
        _fleet.Die("dead");
        _fleet.Pass(1);
        _fleet.Join("new");
        _fleet.Pass(14.5);
        _fleet.Hold("new", 2, 3);

        Assert.Empty(_fleet.Pass(60).GivenUp);
    }

    [Fact]
    public void Outage_NothingIsTakenFromThoseWhoComeBack()
    {
        _fleet.Begin(ours: [0, 1], "other", 2, 3);

        _fleet.Answers = false;
        _fleet.Pass(60);
        _fleet.Answers = true;
        _fleet.Pass(120);

        Assert.Empty(_fleet.All);
    }

    [Fact]
    public void Outage_TheTenSecondsBeginAnew()
    {
        _fleet.Begin(ours: [0, 1, 2, 3]);
        _fleet.Join("new");
        _fleet.Pass(1);
        _fleet.Answers = false;
        _fleet.Pass(12);
        _fleet.Answers = true;

        Assert.Empty(_fleet.Pass(10).GivenUp);
        Assert.Single(_fleet.Pass(1).GivenUp);
    }

    [Fact]
    public void TakeOver_ToldByTheWatchBeforeOurLoopDoes_IsNotWithdrawn()
    {
        _fleet.Leave(Self);
        _fleet.Pass(5);
        Assert.Contains(0, _fleet.Stood);

        _fleet.Hold(Self, 0);
        _fleet.Does(0, PartitionPart.Standing);
        _fleet.Look();

        Assert.DoesNotContain(new PartitionOutput.Withdraw(0), _fleet.All);
    }

    [Fact]
    public void Leaving_WithdrawsAllOnce()
    {
        _fleet.Look();
        _fleet.Hold(Self, 0);

        Assert.Equal(4, _fleet.Look(isLeaving: true).Last.OfType<PartitionOutput.Withdraw>().Count());
        _fleet.Does(1, PartitionPart.None);
        Assert.Empty(_fleet.Look(isLeaving: true).Last);
    }

    [Fact]
    public void Leaving_BeforeAnythingWasSeen_Withdraws()
    {
        _fleet.Answers = false;
        _fleet.Does(2, PartitionPart.Standing);

        Assert.Equal([new PartitionOutput.Withdraw(2)], _fleet.Look(isLeaving: true).Last);
    }
}
