using LeaseElection.Hosting.Election.Partitions;

namespace LeaseElection.Hosting.Tests.Election.Partitions;

/// <summary>Members that are configured for different numbers of partitions, as during an update.</summary>
public class PartitionCountTests
{
    private const string Self = KeeperDriver.Self;

    private readonly KeeperDriver _fleet = new(count: 4);

    [Fact]
    public void SmallerCount_ForTenSeconds_ExtraPartitionsAreDrainedAndTheOthersBeginAnewAsOneOfSoMany()
    {
        _fleet.Begin(ours: [0, 1, 2, 3]);
        _fleet.Join("new version", count: 2);

        Assert.Empty(_fleet.Pass(10).GivenUp);
        _fleet.Pass(1);

        Assert.Equal([new PartitionEvent.CountChanged(4, 2)], _fleet.Told.OfType<PartitionEvent.CountChanged>());
        Assert.Equal([new PartitionOutput.StepDown(0, null)], _fleet.All.OfType<PartitionOutput.StepDown>());
        _fleet.Hold("new version", 0);
        _fleet.Pass(1);
        Assert.Contains(new PartitionOutput.Stand(1, 2), _fleet.All);
        _fleet.Hold(Self, 1);
        _fleet.Pass(2);
        Assert.Equal([0, 1, 2, 3], _fleet.GivenUp);
        Assert.Equal([1], _fleet.Stood);
    }

    [Fact]
    public void SmallerCount_GoneWithinTenSeconds_NothingHappens()
    {
        _fleet.Begin(ours: [0, 1, 2, 3]);
        _fleet.Join("mistake", count: 1);
        _fleet.Pass(9);
        _fleet.Leave("mistake");

        Assert.Empty(_fleet.Pass(60).GivenUp);
    }

    [Fact]
    public void SmallerCount_IsToldOnceAndItsEndToo()
    {
        _fleet.Join("new version", count: 2);
        _fleet.Pass(30);
        _fleet.Leave("new version");
        _fleet.Pass(30);

        Assert.Equal(
            [
                new PartitionEvent.CountsDiffer(4, 2, "new version", 4, Self), new PartitionEvent.CountsAgree(4),
            ],
            _fleet.Told.Where(told => told is PartitionEvent.CountsDiffer or PartitionEvent.CountsAgree));
    }

    [Fact]
    public void SmallerCount_FromTheBeginning_IsSharedOutAtOnce()
    {
        _fleet.Join("old version", count: 2);

        Assert.All(_fleet.Look().All.OfType<PartitionOutput.Stand>(), stand => Assert.True(stand is { Index: < 2, Count: 2 }));
    }

    [Fact]
    public void SmallerCount_ThatIsDead_IsNotBelieved()
    {
        _fleet.Begin(ours: [0, 1, 2, 3]);
        _fleet.Join("dead", count: 2);
        _fleet.Look();
        _fleet.Die("dead");

        Assert.DoesNotContain(_fleet.Pass(39).Told, told => told is PartitionEvent.CountChanged);
        Assert.Contains(new PartitionEvent.CountsAgree(4), _fleet.Told);
    }

    [Fact]
    public void LargerCount_OwnIsSharedOut()
    {
        _fleet.Join("new version", count: 40);

        Assert.Equal(2, _fleet.Look().Stood.Length);
        Assert.Contains(new PartitionEvent.CountsDiffer(4, 4, Self, 40, "new version"), _fleet.Told);
    }

    /// <summary>Nobody stands for the new ones out of turn, though all of them have been free for as long as anybody can tell.</summary>
    [Fact]
    public void LastOfTheSmallerCountLeaves_NewPartitionsAreSharedOutAfterTenSeconds()
    {
        _fleet.Join("old version", count: 2);
        _fleet.Join("other");
        _fleet.Look();
        _fleet.Hold("other", 0, 1);
        _fleet.Pass(60);
        _fleet.Leave("old version");

        Assert.DoesNotContain(_fleet.Pass(9.5).Stood, index => index > 1);
        Assert.Equal([2, 3], _fleet.Pass(1).Stood.Where(index => index > 1));
    }
}
