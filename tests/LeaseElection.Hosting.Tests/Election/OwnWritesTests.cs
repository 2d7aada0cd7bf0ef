using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

public class OwnWritesTests
{
    private readonly OwnWrites _own = new();

    [Fact]
    public void Contains_AWriteUnderWay_IsOurs()
    {
        _own.Sending(Renewed(1));

        Assert.True(_own.Contains(Lease(1)));
        Assert.False(_own.Contains(Lease(2)));
        Assert.False(_own.Contains(null));
    }

    [Fact]
    public void Contains_ARefusedWrite_StaysOurs_ItMayHaveBeenDeliveredTwice()
    {
        _own.Sending(Renewed(1));
        _own.Sending(Renewed(2));

        Assert.True(_own.Contains(Lease(1)));
    }

    [Fact]
    public void Confirmed_ForgetsTheEarlierOnes()
    {
        _own.Sending(Renewed(1));
        _own.LostTrack();
        _own.Sending(Renewed(2));

        _own.Confirmed(Renewed(2));

        Assert.True(_own.Contains(Lease(2)));
        Assert.False(_own.Contains(Lease(1)));
        Assert.False(_own.HasUnresolved);
    }

    [Fact]
    public void Contains_AfterALongOutage_TheConfirmedWriteIsStillOurs()
    {
        _own.Confirmed(Renewed(0));
        for (int i = 1; i <= 100; i++)
            _own.Sending(Renewed(i));

        Assert.True(_own.Contains(Lease(0)));
        Assert.True(_own.Contains(Lease(100)));
    }

    private static LeaseRecord Renewed(int seconds) => SomeRecord.HeldBy("me", renewed: seconds);

    private static Lease Lease(int renewed) => new() { ResourceVersion = "1", Uid = "uid", Record = Renewed(renewed) };
}
