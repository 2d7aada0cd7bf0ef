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

    private const string Annotation = "term.leaseelection.dev/container";

    private readonly DeathKeeper _keeper = new(Own);
    private readonly LeaseServer _server = new();
    private double _now = 1000;

    [Fact]
    public void Look_AHolderThatTellsOfItself_IsWantedOnceItsTermHasSettled()
    {
        Look(Held("a"));

        Assert.Equal(Process, _keeper.Wanted!.Process);
        Assert.Equal(TimeSpan.FromSeconds(1010), _keeper.FollowFrom);
    }

    [Fact]
    public void Look_AHolderThatTellsNothing_NobodyIsWanted()
    {
        Look(Held("a", process: null));

        Assert.Null(_keeper.Wanted);
    }

    /// <summary>An earlier holder's, which still lives, or anybody's: such a note stays when terms go.</summary>
    [Fact]
    public void Look_AHolderOfWhomANoteOfTheLeaseTells_NobodyIsWanted()
    {
        LeaseRecord record = SomeRecord.HeldBy("a") with { AcquireTime = Start };
        Look(_server.Put(new LeaseWrite(record)
        {
            Annotations = new Dictionary<string, string?> { ["note.leaseelection.dev/container"] = Process.ToString() },
        }));

        Assert.Null(_keeper.Wanted);
    }

    [Fact]
    public void Look_WhoLeads_WantsNobody()
    {
        Look(Held("a"));
        Look(Held("a"), standsBy: false);

        Assert.Null(_keeper.Wanted);
    }

    [Fact]
    public void Look_AtItself_WantsNobody()
    {
        Look(Held("a", process: Own));

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

    /// <summary>Another one of its name, whatever its times say: a start that failed, or that nobody was told of.</summary>
    [Fact]
    public void See_TheEndOfAContainerThatWasNotSeenToRun_ProvesNothing()
    {
        Follow();
        See(Running);

        See(new PodFacts("u1", [new ContainerFacts("app", null, [new ContainerEnd(Start.AddSeconds(-1), Start.AddSeconds(30), "c2")])]));

        Assert.Null(_keeper.ProvenVersion);
        Assert.StartsWith("what has ended was not seen to run before", _keeper.Proof.Why, StringComparison.Ordinal);
    }

    /// <summary>Also when nothing is told any more of the older one, which may be the holder's.</summary>
    [Fact]
    public void See_TheEndOfOneOfTwoThatRan_ProvesNothing()
    {
        Follow();
        See(new PodFacts("u1", [Running.Containers[0] with { OlderRuns = true }]));

        See(Ended);

        Assert.Null(_keeper.ProvenVersion);
    }

    [Fact]
    public void See_ForAnotherTerm_IsNotLookedAt()
    {
        Follow();
        HeldTerm first = _keeper.Wanted!;
        Look(Held("b", transitions: 1));
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
        Look(edited);

        Assert.Equal(edited.ResourceVersion, _keeper.ProvenVersion);
    }

    [Fact]
    public void Look_ASignOfLifeAfterTheEnd_IsStrongerThanTheProof()
    {
        Lease lease = Follow();
        See(Running);
        See(Ended);

        Look(_server.Put(lease.Record with { RenewTime = lease.Record.RenewTime!.Value.AddSeconds(2) }));

        Assert.Null(_keeper.ProvenVersion);
    }

    /// <summary>A container that crashes again and again beside the holder's is nothing to be remembered for months.</summary>
    [Fact]
    public void Look_ASignOfLife_RemembersEndsOfTheHoldersContainerOnly()
    {
        Lease lease = Follow();
        ContainerFacts proxy = new("proxy", null, [new ContainerEnd(Start, Start.AddSeconds(5), "p1")]);
        See(Running with { Containers = [.. Running.Containers, proxy] });
        Look(_server.Put(lease.Record with { RenewTime = lease.Record.RenewTime!.Value.AddSeconds(2) }));

        See(Ended with { Containers = [.. Ended.Containers, proxy] });

        Assert.NotNull(_keeper.ProvenVersion);
    }

    [Fact]
    public void Look_TheNextTermOfTheSameProcess_IsLookedAtAnew()
    {
        Follow();
        See(Running);
        _now += 60;

        Look(Held("a", transitions: 3));

        Assert.Equal(TimeSpan.FromSeconds(1070), _keeper.FollowFrom);
        Assert.Equal("nobody has looked at it", _keeper.Proof.Why);
    }

    private Lease Follow()
    {
        Lease lease = Held("a");
        Look(lease);
        return lease;
    }

    private Lease Held(string holder, int transitions = 0) => Held(holder, Process, transitions);

    private Lease Held(string holder, HolderProcess? process, int transitions = 0)
    {
        LeaseRecord record = SomeRecord.HeldBy(holder, transitions: transitions) with { AcquireTime = Start.AddSeconds(transitions) };
        return _server.Put(new LeaseWrite(record)
        {
            Annotations = process is null
                ? LeaseWrite.Unchanged
                : new Dictionary<string, string?> { [Annotation] = NoteAnnotations.MarkOf(record) + process },
        });
    }

    private void Look(Lease? lease, bool standsBy = true) => _keeper.Look(lease, standsBy, TimeSpan.FromSeconds(_now));

    private void See(PodFacts pod) => _keeper.See(_keeper.Wanted!, pod);

    private static PodFacts Pod(double? runningSince, params double[] ends) => new("u1",
    [
        new ContainerFacts(
            "app", runningSince is { } since ? DateTimeOffset.UnixEpoch.AddSeconds(since) : null,
            [
                .. ends.Select(
                    end => new ContainerEnd(DateTimeOffset.UnixEpoch.AddSeconds(100), DateTimeOffset.UnixEpoch.AddSeconds(end), "c1")),
            ])
        {
            RunningId = runningSince is null ? null : "c1",
        },
    ]);
}
