using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

public class LeaseViewTests
{
    private readonly LeaseServer _server = new();
    private readonly LeaseView _view = new();

    [Fact]
    public void ProveDead_OfAHolderThatCreatedTheLeaseAnew_TheFormerOneIsStillWaitedFor()
    {
        See(SomeRecord.HeldBy("a", duration: 60), at: 0);
        _view.ObserveDeleted(_server.Delete(), TimeSpan.Zero, unseen: TimeSpan.Zero);
        Lease created = See(SomeRecord.HeldBy("b", duration: 15), at: 50);
        Assert.Equal(TimeSpan.FromSeconds(65), _view.FreeAt);

        Assert.True(_view.ProveDead(created.ResourceVersion));

        Assert.Equal(TimeSpan.FromSeconds(60), _view.FreeAt);
    }

    [Fact]
    public void ProveDead_OfAHolderThatTookOver_NobodyIsWaitedFor()
    {
        See(SomeRecord.HeldBy("a", transitions: 1, duration: 60), at: 0);
        Lease taken = See(SomeRecord.HeldBy("b", transitions: 2), at: 1);

        _view.ProveDead(taken.ResourceVersion);

        Assert.Equal(TimeSpan.MinValue, _view.FreeAt);
    }

    [Fact]
    public void ProveDead_Twice_IsNewsOnce()
    {
        Lease lease = See(SomeRecord.HeldBy("a"), at: 0);

        Assert.True(_view.ProveDead(lease.ResourceVersion));
        Assert.False(_view.ProveDead(lease.ResourceVersion));
    }

    [Fact]
    public void Observe_AReplyThatMayBeOvertaken_OfVersionsThatAreNoNumbers_IsIgnored()
    {
        Lease first = See(SomeRecord.HeldBy("a"), at: 0) with { ResourceVersion = "b" };
        _view.ObserveNext(first, TimeSpan.Zero, own: false);

        Assert.Equal(Sighting.Stale, _view.Observe(first with { ResourceVersion = "a" }, TimeSpan.Zero, newest: false, own: false));
        Assert.Equal(Sighting.Same, _view.Observe(first with { ResourceVersion = "a" }, TimeSpan.Zero, newest: true, own: false));
    }

    [Theory]
    [InlineData("v2", "v3", false, 12)] // Nobody knows which of the two is the newer one.
    [InlineData("2", "3", false, 12)] // That which was read is.
    [InlineData("3", "2", false, 10)] // It was read before the lease was deleted.
    [InlineData("v2", "v3", true, 10)] // It is ours.
    public void Observe_HeldAfterADeletionThatTheWatchToldMeanwhile_IsWaitedForUnlessItIsSurelyOlder(
        string deleted, string read, bool own, int freeAt)
    {
        LeaseRecord record = SomeRecord.HeldBy("a", duration: 10);
        var lease = new Lease { Uid = "1", ResourceVersion = deleted.Replace(deleted[^1], '1'), Record = record };
        _view.Observe(lease, TimeSpan.Zero, newest: true, own: false);
        _view.ObserveDeleted(deleted, TimeSpan.FromSeconds(1), unseen: TimeSpan.Zero);

        Lease other = lease with { Uid = "2", ResourceVersion = read, Record = SomeRecord.HeldBy("b", duration: 10) };
        _view.Observe(other, TimeSpan.FromSeconds(2), newest: false, own);

        Assert.Equal(TimeSpan.FromSeconds(freeAt), _view.FreeAt);
    }

    [Fact]
    public void Observe_LabelsEditedWhileNobodyKnowsWhichIsNewer_HolderIsWaitedForNoLonger()
    {
        Lease lease = See(SomeRecord.HeldBy("a", duration: 10), at: 0) with { ResourceVersion = "v1" };
        _view.ObserveNext(lease, TimeSpan.Zero, own: false);

        _view.Observe(lease with { ResourceVersion = "v2" }, TimeSpan.FromSeconds(9), newest: false, own: false);

        Assert.Equal(TimeSpan.FromSeconds(10), _view.FreeAt);
    }

    [Fact]
    public void Observe_VersionsBeyond64Bits_AreCompared()
    {
        Lease lease = See(SomeRecord.HeldBy("a"), at: 0) with { ResourceVersion = "184467440737095516150" };
        _view.ObserveNext(lease, TimeSpan.Zero, own: false);

        Assert.Equal(Sighting.Stale, _view.ObserveNext(lease with { ResourceVersion = "99" }, TimeSpan.Zero, own: false));
    }

    private Lease See(LeaseRecord record, int at)
    {
        Lease lease = _server.Put(record);
        _view.ObserveNext(lease, TimeSpan.FromSeconds(at), own: false);
        return lease;
    }
}
