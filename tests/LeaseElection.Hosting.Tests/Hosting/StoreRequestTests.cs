using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests;

public sealed class StoreRequestTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Asked = Second * 100;

    private TimeSpan? _left;

    [Fact]
    public void Rescue_NobodyHasBegunIt_IsSentOnceWithWhatIsLeftOfItsTime()
    {
        StoreRequest request = Write();

        Assert.IsType<LeaseReply.Conflict>(request.Rescue(Asked + (Second * 2), Second));

        Assert.Equal(Second, _left);
        Assert.False(request.TryBegin());
        Assert.Null(request.Rescue(Asked + (Second * 2), Second));
        Assert.True(request.TryAnswer());
        Assert.False(request.TryAnswer());
    }

    [Fact]
    public void Rescue_NobodyHasBegunItAndItsTimeIsOver_CertainlyHadNoEffect()
    {
        Assert.IsType<LeaseReply.Failed>(Write().Rescue(Asked + (Second * 3), Second));
        Assert.Null(_left);
    }

    [Fact]
    public void Rescue_Begun_IsLeftAloneUntilItIsOverdue()
    {
        StoreRequest request = Write();
        Assert.True(request.TryBegin());

        Assert.Null(request.Rescue(Asked + (Second * 4), Second));
        Assert.IsType<LeaseReply.Unknown>(request.Rescue(Asked + (Second * 4) + TimeSpan.FromTicks(1), Second));

        Assert.Null(_left);
    }

    [Fact]
    public void IsStuck_BegunAndItsTimeIsOver_BeforeItIsGivenUp()
    {
        StoreRequest request = Write();
        Assert.True(request.TryBegin());

        Assert.False(request.IsStuck(Asked + (Second * 3), Second));
        Assert.True(request.IsStuck(Asked + (Second * 3) + TimeSpan.FromTicks(1), Second));
        Assert.Null(request.Rescue(Asked + (Second * 3) + TimeSpan.FromTicks(1), Second));
    }

    [Fact]
    public void Rescue_NoWayWithoutThePool_NothingHappens()
    {
        var request = new StoreRequest(() => Task.FromResult<LeaseReply>(new LeaseReply.Absent()), null, isWrite: true, Asked, Second);

        Assert.Null(request.Rescue(Asked + (Second * 100), Second));
        Assert.False(request.IsStuck(Asked + (Second * 100), Second));
        Assert.True(request.TryBegin());
    }

    private StoreRequest Write() => new(
        () => Task.FromResult<LeaseReply>(new LeaseReply.Absent()),
        left =>
        {
            _left = left;
            return new LeaseReply.Conflict();
        },
        isWrite: true,
        Asked,
        Second * 3);
}
