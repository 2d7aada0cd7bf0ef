using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Contracts;

namespace LeaseElection.Hosting.Tests.Leases;

public sealed class MemoryLeasesTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly LeaseRecord Held = new() { HolderIdentity = "a", LeaseDurationSeconds = 15 };

    private readonly MemoryLeases _leases = new("leases in memory");

    public ValueTask DisposeAsync() => _leases.DisposeAsync();

    [Fact]
    public async Task Open_SameNameTwice_IsOneLease()
    {
        Lease created = await CreateAsync(_leases.Open("lock"));
        await using LeaseWatchReader watch = new(_leases.Open("lock"), created.ResourceVersion, Patience);

        Assert.IsType<LeaseReply.Conflict>(await _leases.Open("lock").CreateAsync(Held, Patience, default));
        LeaseReply replaced = await _leases.Open("lock").ReplaceAsync(created, Held with { HolderIdentity = "" }, Patience, default);

        Lease released = Assert.IsType<LeaseReply.Found>(replaced).Lease;
        Assert.Equal(released, (await watch.NextAsync<LeaseEvent.Changed>()).Lease);
        Assert.IsType<LeaseReply.Conflict>(await _leases.Open("lock").ReplaceAsync(created, Held, Patience, default));
        Assert.IsType<LeaseReply.Absent>(await _leases.Open("other").ReplaceAsync(created, Held, Patience, default));
    }

    [Fact]
    public async Task Watch_OfALeaseThatIsNotThereAnyMore_Deleted()
    {
        Lease created = await CreateAsync(_leases.Open("lock"));
        await _leases.OpenGroup("orders").DeleteAsync("lock", created, Patience, default);

        await using LeaseWatchReader watch = new(_leases.Open("lock"), created.ResourceVersion, Patience);

        await watch.NextAsync<LeaseEvent.Deleted>();
    }

    [Fact]
    public async Task Group_ListsAndTellsItsOwn()
    {
        ILeaseGroup group = _leases.OpenGroup("orders");
        await CreateAsync(_leases.Open("plain"));
        await CreateAsync(_leases.OpenGroup("books").Open("books-0", LeaseTraits.None));
        Lease first = await CreateAsync(group.Open("orders-0", LeaseTraits.None));
        LeaseGroupReply.Found listed = Assert.IsType<LeaseGroupReply.Found>(await group.ListAsync(Patience, default));
        await using LeaseGroupWatchReader watch = new(group, listed.ResourceVersion, Patience);

        await CreateAsync(_leases.Open("plain-2"));
        Lease second = await CreateAsync(group.Open("orders-1", LeaseTraits.None));

        Assert.Equal([new("orders-0", first)], listed.Leases);
        Assert.Equal(new LeaseGroupEvent.Changed("orders-1", second), await watch.NextAsync<LeaseGroupEvent.Changed>());
        Assert.IsType<LeaseReply.Conflict>(await group.DeleteAsync("orders-0", first with { ResourceVersion = "0" }, Patience, default));
        Assert.IsType<LeaseReply.Absent>(await group.DeleteAsync("orders-0", first, Patience, default));
        Assert.Equal("orders-0", (await watch.NextAsync<LeaseGroupEvent.Gone>()).Name);
    }

    [Fact]
    public async Task Group_DeletedSinceTheList_WatchIsToBeBegunAnew()
    {
        ILeaseGroup group = _leases.OpenGroup("orders");
        Lease lease = await CreateAsync(group.Open("orders-0", LeaseTraits.None));
        string listed = Assert.IsType<LeaseGroupReply.Found>(await group.ListAsync(Patience, default)).ResourceVersion;
        await group.DeleteAsync("orders-0", lease, Patience, default);
        await using LeaseGroupWatchReader watch = new(group, listed, Patience);

        LeaseWatchException broken = await Assert.ThrowsAsync<LeaseWatchException>(watch.NextOfAnyKindAsync);

        Assert.Equal(LeaseStoreErrorKind.Gone, broken.Error.Kind);
    }

    private static async Task<Lease> CreateAsync(ILeaseStore store) =>
        Assert.IsType<LeaseReply.Found>(await store.CreateAsync(Held, Patience, default)).Lease;
}
