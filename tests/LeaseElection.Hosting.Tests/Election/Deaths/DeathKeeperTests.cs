using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election.Deaths;

/// <summary>When a standby looks at whose Pod, and which ends count.</summary>
public sealed class DeathKeeperTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddSeconds(100.4);
    private static readonly HolderProcess Own = new("shop/worker-1", "u9", "app", Start);
    private static readonly HolderProcess Process = new("shop/worker-0", "u1", "app", Start);
    private static readonly PodFacts Running = Pod(runningSince: 100);
    private static readonly PodFacts Ended = Pod(null, 130);

    private readonly DeathKeeper _keeper = new(Own);
    private readonly LeaseServer _server = new();
    private double _now = 1000;

    [Fact]
    public void Look_AHolderThatTellsOfItself_IsWantedOnceItsTermHasSettled()
    {
        Look(Held("a"), Process);

        Assert.Equal(Process, _keeper.Wanted!.Process);
        Assert.Equal(TimeSpan.FromSeconds(1010), _keeper.FollowFrom);
    }

    [Fact]
    public void Look_AHolderThatTellsNothing_NobodyIsWanted()
    {
        Look(Held("a"), null);

        Assert.Null(_keeper.Wanted);
    }

    [Fact]
    public void Look_WhoLeads_WantsNobody()
    {
        Look(Held("a"), Process);
        Look(Held("a"), Process, standsBy: false);

        Assert.Null(_keeper.Wanted);
    }

    [Fact]
    public void Look_AtItself_WantsNobody()
    {
        Look(Held("a"), Own);

        Assert.Null(_keeper.Wanted);
    }

    [Fact]
    public void See_AnEndThatIsNews_ProvesTheVersion()
    {
        Lease lease = Follow();
        See(Running);
        Assert.Null(_keeper.ProvenVersion);

        See(Ended);

        Assert.Equal(lease.ResourceVersion, _keeper.ProvenVersion);
    }

    [Fact]
    public void See_AnEndThatWasThereAtTheFirstLook_ProvesNothing()
    {
        Follow();

        See(Ended);
        See(Ended);

        Assert.Null(_keeper.ProvenVersion);
    }

    [Fact]
    public void See_ForAnotherTerm_IsNotLookedAt()
    {
        Follow();
        HeldTerm first = _keeper.Wanted!;
        Look(Held("b", transitions: 1), Process);
        See(Running);

        _keeper.See(first, Ended);

        Assert.Null(_keeper.ProvenVersion);
    }

    [Fact]
    public void Look_AnEditOfLabels_KeepsTheProofForTheNewVersion()
    {
        Lease lease = Follow();
        See(Running);
        See(Ended);

        Lease edited = _server.Put(lease.Record);
        Look(edited, Process);

        Assert.Equal(edited.ResourceVersion, _keeper.ProvenVersion);
    }

    [Fact]
    public void Look_ASignOfLifeAfterTheEnd_IsStrongerThanTheProof()
    {
        Lease lease = Follow();
        See(Running);
        See(Ended);

        Look(_server.Put(lease.Record with { RenewTime = lease.Record.RenewTime!.Value.AddSeconds(2) }), Process);

        Assert.Null(_keeper.ProvenVersion);
    }

    [Fact]
    public void Look_TheNextTermOfTheSameProcess_IsLookedAtAnew()
    {
        Follow();
        See(Running);
        _now += 60;

        Look(Held("a", transitions: 3), Process);

        Assert.Equal(TimeSpan.FromSeconds(1070), _keeper.FollowFrom);
        Assert.Equal("nobody has looked at it", _keeper.Proof.Why);
    }

    private Lease Follow()
    {
        Lease lease = Held("a");
        Look(lease, Process);
        return lease;
    }

    private Lease Held(string holder, int transitions = 0) => _server.Put(SomeRecord.HeldBy(holder, transitions: transitions) with
    {
        AcquireTime = Start.AddSeconds(transitions),
    });

    private void Look(Lease? lease, HolderProcess? process, bool standsBy = true)
    {
        NoteTexts notes = process is null ? NoteTexts.None : NoteTexts.Of([new(HolderProcess.Note, process.ToString())]);
        _keeper.Look(lease, notes, standsBy, TimeSpan.FromSeconds(_now));
    }

    private void See(PodFacts pod) => _keeper.See(_keeper.Wanted!, pod);

    private static PodFacts Pod(double? runningSince, params double[] ends) => new("u1",
    [
        new ContainerFacts(
            "app", runningSince is { } since ? DateTimeOffset.UnixEpoch.AddSeconds(since) : null,
            [.. ends.Select(end => new ContainerEnd(DateTimeOffset.UnixEpoch.AddSeconds(100), DateTimeOffset.UnixEpoch.AddSeconds(end), "c1"))]),
    ]);
}
