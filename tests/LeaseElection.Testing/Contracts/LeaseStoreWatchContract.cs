using System.Numerics;
using LeaseElection.Hosting.Leases;
using Xunit;

namespace LeaseElection.Testing.Contracts;

/// <summary>The part of <see cref="LeaseStoreContract"/> that is about watches.</summary>
public abstract class LeaseStoreWatchContract : LeaseStoreContractSetup
{
    [ContractFact]
    public async Task Watch_AnotherStoreWrites_ToldInOrder()
    {
        ILeaseStore writer = await OpenStoreAsync();
        ILeaseStore standby = await OpenStoreAsync();
        Lease last = await CreateAsync(writer, Held("a"));
        await using LeaseWatchReader watch = new(standby, last.ResourceVersion, Patience);
        Dictionary<string, LeaseRecord> written = [];

        for (int renewal = 1; renewal <= 20; renewal++)
        {
            last = await ReplaceAsync(writer, last, Held("a", renewal));
            written.Add(last.ResourceVersion, last.Record);
        }

        // Changes in quick succession may be told as one, but never out of order, and the newest always.
        BigInteger seen = 0;
        while (seen < Number(last))
        {
            Lease told = (await watch.NextAsync<LeaseEvent.Changed>()).Lease;
            Assert.True(Number(told) > seen, $"{told.ResourceVersion} > {seen}");
            Assert.Equal(written[told.ResourceVersion], told.Record);
            seen = Number(told);
        }
        Assert.Equal(Number(last), seen);
    }

    [ContractFact]
    public async Task Watch_ToldVersion_CanBeReplacedAtOnce()
    {
        ILeaseStore holder = await OpenStoreAsync();
        ILeaseStore standby = await OpenStoreAsync();
        Lease held = await CreateAsync(holder, Held("a"));
        await using LeaseWatchReader watch = new(standby, held.ResourceVersion, Patience);
        await ReplaceAsync(holder, held, Held("a") with { HolderIdentity = "" });

        Lease released = (await watch.NextAsync<LeaseEvent.Changed>()).Lease;
        Lease taken = await ReplaceAsync(standby, released, Held("b"));

        Assert.Equal(taken.ResourceVersion, (await watch.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
    }

    [ContractFact]
    public async Task Watch_Deletion_ToldWithItsVersion()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease created = await CreateAsync(store, Held("a"));
        await using LeaseWatchReader watch = new(store, created.ResourceVersion, Patience);

        await DeleteAsync(Name);

        LeaseEvent.Deleted told = await watch.NextAsync<LeaseEvent.Deleted>();
        Assert.True(Number(told.ResourceVersion) > Number(created), $"{told.ResourceVersion} > {created.ResourceVersion}");
    }

    [ContractFact]
    public async Task Watch_DeletedAndMadeAgain_NewLeaseTold()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease first = await CreateAsync(store, Held("a"));
        await using LeaseWatchReader watch = new(store, first.ResourceVersion, Patience);

        await DeleteAsync(Name);
        await watch.NextAsync<LeaseEvent.Deleted>();
        Lease second = await CreateAsync(await OpenStoreAsync(), Held("b"));

        AssertSameVersion(second, (await watch.NextAsync<LeaseEvent.Changed>()).Lease);
    }

    [ContractFact]
    public async Task Watch_ChangedBeforeItBegan_ToldFromTheVersionGiven()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease seen = await CreateAsync(store, Held("a"));
        Lease missed = await ReplaceAsync(store, seen, Held("a", renewals: 1));

        await using LeaseWatchReader watch = new(await OpenStoreAsync(), seen.ResourceVersion, Patience);

        AssertSameVersion(missed, (await watch.NextAsync<LeaseEvent.Changed>()).Lease);
    }

    [ContractFact]
    public async Task Watch_DeletedBeforeItBegan_Told()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease seen = await CreateAsync(store, Held("a"));
        await DeleteAsync(Name);

        await using LeaseWatchReader watch = new(store, seen.ResourceVersion, Patience);

        await watch.NextAsync<LeaseEvent.Deleted>();
    }

    [ContractFact]
    public async Task Watch_FromNewestVersion_TheVersionItselfIsNotToldAgain()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease newest = await CreateAsync(store, Held("a"));
        await using LeaseWatchReader watch = new(store, newest.ResourceVersion, Patience);

        Lease next = await ReplaceAsync(store, newest, Held("a", renewals: 1));

        Assert.Equal(next.ResourceVersion, (await watch.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
    }

    [ContractFact]
    public async Task Watch_NoLeaseAndNoVersionYet_CreationTold()
    {
        ILeaseStore standby = await OpenStoreAsync();
        Expect<LeaseReply.Absent>(await standby.ReadAsync(Patience, default));
        await using LeaseWatchReader watch = new(standby, "", Patience);

        Lease created = await CreateAsync(await OpenStoreAsync(), Held("a"));

        AssertSameVersion(created, (await watch.NextAsync<LeaseEvent.Changed>()).Lease);
    }

    [ContractFact]
    public async Task Watch_ThirdPartyWrites_Told()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease held = await CreateAsync(store, Held("a"));
        await using LeaseWatchReader watch = new(store, held.ResourceVersion, Patience);

        await PutAsync(Name, LeaseJson("""{ "holderIdentity": "kubectl", "leaseDurationSeconds": 15 }"""));

        Assert.Equal("kubectl", (await watch.NextAsync<LeaseEvent.Changed>()).Lease.Record.HolderIdentity);
    }

    [ContractFact]
    public async Task Watch_Cancelled_Ends()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease held = await CreateAsync(store, Held("a"));
        await using LeaseWatchReader watch = new(store, held.ResourceVersion, Patience);
        // An event first, so that the watch is known to be under way.
        await ReplaceAsync(store, held, Held("a", renewals: 1));
        await watch.NextAsync<LeaseEvent.Changed>();

        await watch.CancelAsync();

        Assert.True(await watch.EndsAsync());
    }
}
