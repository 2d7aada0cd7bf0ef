using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests.Election.Deaths;

/// <summary>What the status of a Pod proves. The holder's process began with the election at 100.4 s.</summary>
public sealed class DeathProofTests
{
    private static readonly HolderProcess Holder = new("shop/worker-0", "u1", "app", At(100.4));

    [Theory]
    [InlineData(90, 130)]
    [InlineData(100, 130)] // Began in the same second: whoever ran before it has ended, too.
    [InlineData(90, 101)]
    public void Of_AContainerThatRanThenAndHasEnded_IsProven(double started, double finished)
    {
        DeathProof proof = Of(Pod(Container(null, End(started, finished))));

        Assert.Equal(End(started, finished), proof.End);
    }

    [Theory]
    [InlineData(101, 130)] // Began later: another one.
    [InlineData(60, 90)] // The one before.
    [InlineData(60, 100)] // Ended in the same second: the one before, and the holder is in the next.
    [InlineData(100, 100)] // Lived for less than a second, as far as the status tells.
    [InlineData(130, 90)] // A clock was set back meanwhile.
    public void Of_AnyOtherContainerThatHasEnded_IsNot(double started, double finished) =>
        AssertUnproven("no container that has ended ran when the process did", Pod(Container(null, End(started, finished))));

    [Fact]
    public void Of_TheLastContainer_AndOneThatBeganSince_IsProven() =>
        Assert.NotNull(Of(Pod(Container(At(131), End(90, 130)))).End);

    [Theory]
    [InlineData(100)] // In the same second.
    [InlineData(90)]
    public void Of_AContainerThatRunsSinceThen_IsNot(double since) =>
        AssertUnproven("the container runs", Pod(Container(At(since), End(90, 130))));

    [Fact]
    public void Of_AContainerThatRunsSinceNobodyKnowsWhen_IsNot() =>
        AssertUnproven("the container runs", Pod(Container(DateTimeOffset.MinValue, End(90, 130))));

    [Fact]
    public void Of_APodThatIsGone_IsNot() => AssertUnproven("it is gone", null);

    [Fact]
    public void Of_AnotherPodOfTheName_IsNot() =>
        AssertUnproven("it is another one of the same name", Pod(Container(null, End(90, 130))) with { Uid = "u2" });

    [Fact]
    public void Of_OtherContainersOfThePod_IsNot_AndNeverWillBe()
    {
        DeathProof proof = Of(Pod(Container(null, End(90, 130)) with { Name = "web" }, Container(null) with { Name = "sidecar" }));

        Assert.Null(proof.End);
        Assert.True(proof.IsMisnamed);
        Assert.Equal("it has no container \"app\", only \"web\", \"sidecar\"", proof.Why);
    }

    [Fact]
    public void Of_APodThatTellsOfNoContainerYet_IsNot()
    {
        AssertUnproven("nothing is said of its containers, of which \"app\" is looked for", Pod());
        Assert.False(Of(Pod()).IsMisnamed);
    }

    [Theory]
    [InlineData("Evicted")]
    [InlineData("NodeLost")]
    [InlineData("Unknown")]
    public void Of_APodInTrouble_IsNot(string trouble) =>
        AssertUnproven($"it is {trouble}", Pod(Container(null, End(90, 130))) with { Trouble = trouble });

    [Fact]
    public void Of_AProcessThatMayOutliveItsContainer_IsNot() =>
        AssertUnproven("it shares its processes", Pod(Container(null, End(90, 130))) with { SharesProcesses = true });

    [Fact]
    public void Of_AnEndThatTheHolderHasOutlived_IsNot()
    {
        PodFacts pod = Pod(Container(null, End(90, 130)));

        DeathProof proof = DeathProof.Of(Holder, "c1", pod, new HashSet<ContainerEnd> { End(90, 130) });

        Assert.Null(proof.End);
        Assert.Contains("before the holder was last known to live", proof.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c2")]
    [InlineData(null)] // Nobody saw which, or two ran.
    public void Of_TheEndOfAnotherContainerThanItRanIn_IsNot(string? ranIn)
    {
        DeathProof proof = DeathProof.Of(Holder, ranIn, Pod(Container(null, End(90, 130))), new HashSet<ContainerEnd>());

        Assert.Null(proof.End);
        Assert.StartsWith("what has ended was not seen to run before", proof.Why, StringComparison.Ordinal);
    }

    /// <summary>Starts that fail are told of first, as of containers that ran from 1970 on.</summary>
    [Fact]
    public void Of_ItsOwnContainerBehindAnother_IsProven() =>
        Assert.NotNull(Of(Pod(Container(null, new ContainerEnd(DateTimeOffset.UnixEpoch, At(140), "c2"), End(90, 130)))).End);

    private static void AssertUnproven(string why, PodFacts? pod)
    {
        DeathProof proof = Of(pod);
        Assert.Null(proof.End);
        Assert.StartsWith(why, proof.Why, StringComparison.Ordinal);
    }

    private static DeathProof Of(PodFacts? pod) => DeathProof.Of(Holder, "c1", pod, new HashSet<ContainerEnd>());

    private static PodFacts Pod(params ContainerFacts[] containers) => new("u1", containers);

    private static ContainerFacts Container(DateTimeOffset? runningSince, params ContainerEnd[] ends) => new("app", runningSince, ends);

    private static ContainerEnd End(double started, double finished) => new(At(started), At(finished), "c1");

    private static DateTimeOffset At(double seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);
}
