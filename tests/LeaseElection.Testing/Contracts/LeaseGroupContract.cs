using System.Text.Json.Nodes;
using LeaseElection.Hosting.Leases;
using Xunit;

namespace LeaseElection.Testing.Contracts;

/// <summary>The part of <see cref="LeaseStoreContract"/> that is about many leases over one connection, and about groups of them.</summary>
public abstract class LeaseGroupContract : LeaseStoreWatchContract
{
    private static readonly LeaseTraits Traits = new()
    {
        Labels = new Dictionary<string, string> { ["leaseelection.dev/members-of"] = "orders" },
        Annotations = new Dictionary<string, string> { ["leaseelection.dev/partitions"] = "12" },
    };

    private readonly List<ILeaseStoreSource> _sources = [];

    private string Group => Name;

    /// <summary>A source of its own: as another process has.</summary>
    internal abstract ILeaseStoreSource OpenSource();

    public override async Task DisposeAsync()
    {
        foreach (ILeaseStoreSource source in _sources)
            await source.DisposeAsync();
        await base.DisposeAsync();
    }

    [ContractFact]
    public async Task Source_ManyLeasesAtOnce_EachKeptUnderItsName()
    {
        ILeaseStoreSource source = Source();
        string[] names = [.. Enumerable.Range(0, 50).Select(i => $"{Name}-{i}")];

        LeaseReply[] created = await Task.WhenAll(names.Select(name => source.Open(name).CreateAsync(Held(name), Patience, default)));

        Assert.All(created, reply => Expect<LeaseReply.Found>(reply));
        LeaseReply[] read = await Task.WhenAll(names.Select(name => Source().Open(name).ReadAsync(Patience, default)));
        Assert.Equal(names, read.Select(reply => Expect<LeaseReply.Found>(reply).Lease.Record.HolderIdentity));
    }

    [ContractFact]
    public async Task Source_OneStoreDisposed_OthersGoOn()
    {
        ILeaseStoreSource source = Source();
        ILeaseStore store = source.Open(Name);
        Lease lease = await CreateAsync(store, Held("a"));
        ILeaseGroup group = source.OpenGroup(Group);

        await source.Open($"{Name}-other").DisposeAsync();
        await group.DisposeAsync();

        await ReplaceAsync(store, lease, Held("a", renewals: 1));
    }

    [ContractFact]
    public async Task Open_WithoutGroup_BearsNoLabel()
    {
        await CreateAsync(Source().Open(Name), Held("a"));

        Assert.Null((await GetObjectAsync())["metadata"]!["labels"]);
    }

    [ContractFact]
    public async Task List_NoLease_NoneAndAVersionToWatchFrom()
    {
        ILeaseGroup group = GroupOf();

        LeaseGroupReply.Found none = await ListAsync(group);
        await using LeaseGroupWatchReader watch = new(group, none.ResourceVersion, Patience);
        Lease created = await CreateAsync(GroupOf().Open(Name, Traits), Held("a"));

        Assert.Empty(none.Leases);
        LeaseGroupEvent.Changed told = await watch.NextAsync<LeaseGroupEvent.Changed>();
        Assert.Equal(Name, told.Name);
        AssertSameVersion(created, told.Lease);
    }

    [ContractFact]
    public async Task List_LeasesOfSeveralOwners_ThoseWithTheLabelOnly()
    {
        ILeaseGroup group = GroupOf();
        Lease first = await CreateAsync(group.Open($"{Name}-0", Traits), Held("a"));
        Lease second = await CreateAsync(group.Open($"{Name}-1", LeaseTraits.None), Held("b"));
        await CreateAsync(Source().OpenGroup($"{Group}-2").Open($"{Name}-2", Traits), Held("c"));
        await CreateAsync(Source().Open($"{Name}-3"), Held("d"));

        IReadOnlyDictionary<string, Lease> leases = (await ListAsync(GroupOf())).Leases;

        Assert.Equal([$"{Name}-0", $"{Name}-1"], leases.Keys.Order(StringComparer.Ordinal));
        AssertSameVersion(first, leases[$"{Name}-0"]);
        AssertSameVersion(second, leases[$"{Name}-1"]);
        Assert.Equal("orders", leases[$"{Name}-0"].ReadLabels()["leaseelection.dev/members-of"]);
        Assert.Equal("12", leases[$"{Name}-0"].ReadAnnotations()["leaseelection.dev/partitions"]);
    }

    [ContractFact]
    public async Task List_ListedVersion_CanBeReplaced()
    {
        await CreateAsync(GroupOf().Open(Name, Traits), Held("a"));
        ILeaseGroup group = GroupOf();

        Lease listed = (await ListAsync(group)).Leases[Name];

        await ReplaceAsync(group.Open(Name, Traits), listed, Held("b"));
    }

    [ContractFact]
    public async Task Replace_LabelsAndAnnotationsOfOthers_Survive()
    {
        ILeaseGroup group = GroupOf();
        await PutAsync(Name, LeaseJson(
            spec: null,
            metadata: """, "labels": { "team": "books" }, "annotations": { "note": "mine", "leaseelection.dev/partitions": "11" }"""));
        ILeaseStore store = group.Open(Name, Traits);

        await ReplaceAsync(store, await ReadAsync(store), Held("a"));

        JsonNode metadata = (await GetObjectAsync())["metadata"]!;
        Assert.Equal("books", (string?)metadata["labels"]!["team"]);
        Assert.Equal(Group, (string?)metadata["labels"]![LeaseGroupName.Label]);
        Assert.Equal("orders", (string?)metadata["labels"]!["leaseelection.dev/members-of"]);
        Assert.Equal("mine", (string?)metadata["annotations"]!["note"]);
        Assert.Equal("12", (string?)metadata["annotations"]!["leaseelection.dev/partitions"]);
    }

    [ContractFact]
    public async Task Watch_LeaseMadeByHandWithoutLabel_ToldWithTheFirstWrite()
    {
        await PutAsync(Name, LeaseJson(spec: null));
        ILeaseGroup group = GroupOf();
        LeaseGroupReply.Found before = await ListAsync(group);
        await using LeaseGroupWatchReader watch = new(group, before.ResourceVersion, Patience);
        ILeaseStore store = group.Open(Name, Traits);

        Lease written = await ReplaceAsync(store, await ReadAsync(store), Held("a"));

        Assert.Empty(before.Leases);
        AssertSameVersion(written, (await watch.NextAsync<LeaseGroupEvent.Changed>()).Lease);
    }

    [ContractFact]
    public async Task Watch_LabelTakenOff_GoneAndBackWithTheNextWrite()
    {
        ILeaseGroup group = GroupOf();
        ILeaseStore store = group.Open(Name, Traits);
        Lease created = await CreateAsync(store, Held("a"));
        await using LeaseGroupWatchReader watch = new(group, (await ListAsync(group)).ResourceVersion, Patience);

        await PutAsync(Name, LeaseJson(spec: """{ "holderIdentity": "a", "leaseDurationSeconds": 15 }"""));
        LeaseGroupEvent.Gone gone = await watch.NextAsync<LeaseGroupEvent.Gone>();
        Lease renewed = await ReplaceAsync(store, await ReadAsync(store), Held("a", renewals: 1));

        Assert.Equal(Name, gone.Name);
        Assert.True(Number(gone.ResourceVersion) > Number(created));
        Assert.Equal(created.Uid, renewed.Uid);
        AssertSameVersion(renewed, (await watch.NextAsync<LeaseGroupEvent.Changed>()).Lease);
    }

    [ContractFact]
    public async Task Watch_LeasesOfOthers_NeverTold()
    {
        ILeaseGroup group = GroupOf();
        await using LeaseGroupWatchReader watch = new(group, (await ListAsync(group)).ResourceVersion, Patience);

        Lease other = await CreateAsync(Source().OpenGroup($"{Group}-2").Open($"{Name}-other", Traits), Held("b"));
        await DeleteAsync($"{Name}-other");
        await CreateAsync(Source().Open($"{Name}-plain"), Held("c"));
        await CreateAsync(group.Open(Name, Traits), Held("a"));

        LeaseGroupEvent.Changed told = await watch.NextAsync<LeaseGroupEvent.Changed>();
        Assert.Equal(Name, told.Name);
        Assert.True(Number(told.Lease) > Number(other));
    }

    [ContractFact]
    public async Task Watch_WhatHappenedSinceTheList_Told()
    {
        ILeaseGroup group = GroupOf();
        Lease stays = await CreateAsync(group.Open($"{Name}-0", Traits), Held("a"));
        await CreateAsync(group.Open($"{Name}-1", Traits), Held("b"));
        LeaseGroupReply.Found listed = await ListAsync(group);
        stays = await ReplaceAsync(group.Open($"{Name}-0", Traits), stays, Held("a", renewals: 1));
        await DeleteAsync($"{Name}-1");

        await using LeaseGroupWatchReader watch = new(group, listed.ResourceVersion, Patience);

        // Of several leases in any order.
        LeaseGroupEvent[] told = [await watch.NextAsync<LeaseGroupEvent>(), await watch.NextAsync<LeaseGroupEvent>()];
        AssertSameVersion(stays, Assert.Single(told.OfType<LeaseGroupEvent.Changed>()).Lease);
        Assert.Equal($"{Name}-1", Assert.Single(told.OfType<LeaseGroupEvent.Gone>()).Name);
    }

    [ContractFact]
    public async Task Watch_ManyLeasesRenewed_NewestOfEachTold()
    {
        const int Count = 20;
        ILeaseGroup group = GroupOf();
        ILeaseStore[] stores = [.. Enumerable.Range(0, Count).Select(i => group.Open($"{Name}-{i}", Traits))];
        Lease[] leases = await Task.WhenAll(stores.Select(store => CreateAsync(store, Held("a"))));
        await using LeaseGroupWatchReader watch = new(group, (await ListAsync(group)).ResourceVersion, Patience);

        for (int renewal = 1; renewal <= 3; renewal++)
            leases = await Task.WhenAll(stores.Zip(leases, (store, lease) => ReplaceAsync(store, lease, Held("a", renewal))));

        Dictionary<string, string> seen = [];
        while (!leases.Select((lease, i) => seen.GetValueOrDefault($"{Name}-{i}") == lease.ResourceVersion).All(isNewest => isNewest))
        {
            LeaseGroupEvent.Changed told = await watch.NextAsync<LeaseGroupEvent.Changed>();
            if (seen.TryGetValue(told.Name, out string? older))
                Assert.True(Number(told.Lease) > Number(older));
            seen[told.Name] = told.Lease.ResourceVersion;
        }
    }

    [ContractFact]
    public async Task Watch_OfOneLeaseOfTheGroup_ToldToo()
    {
        ILeaseStore store = GroupOf().Open(Name, Traits);
        Lease created = await CreateAsync(store, Held("a"));
        await using LeaseWatchReader watch = new(store, created.ResourceVersion, Patience);

        Lease replaced = await ReplaceAsync(GroupOf().Open(Name, Traits), created, Held("b"));

        AssertSameVersion(replaced, (await watch.NextAsync<LeaseEvent.Changed>()).Lease);
    }

    [ContractFact]
    public async Task Delete_CurrentVersion_GoneAndTold()
    {
        ILeaseGroup group = GroupOf();
        ILeaseStore store = group.Open(Name, Traits);
        Lease lease = await CreateAsync(store, Held("a"));
        await using LeaseGroupWatchReader watch = new(group, (await ListAsync(group)).ResourceVersion, Patience);

        Expect<LeaseReply.Absent>(await GroupOf().DeleteAsync(Name, lease, Patience, default));

        Assert.Equal(Name, (await watch.NextAsync<LeaseGroupEvent.Gone>()).Name);
        Expect<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
        Assert.Empty((await ListAsync(group)).Leases);
    }

    [ContractFact]
    public async Task Delete_StaleVersion_ConflictAndItStays()
    {
        ILeaseGroup group = GroupOf();
        ILeaseStore store = group.Open(Name, Traits);
        Lease stale = await CreateAsync(store, Held("a"));
        Lease current = await ReplaceAsync(store, stale, Held("a", renewals: 1));

        Expect<LeaseReply.Conflict>(await group.DeleteAsync(Name, stale, Patience, default));

        AssertSameVersion(current, await ReadAsync(store));
    }

    [ContractFact]
    public async Task Delete_MadeAnewSince_ConflictAndItStays()
    {
        ILeaseGroup group = GroupOf();
        ILeaseStore store = group.Open(Name, Traits);
        Lease first = await CreateAsync(store, Held("a"));
        await DeleteAsync(Name);
        Lease second = await CreateAsync(store, Held("b"));

        Expect<LeaseReply.Conflict>(
            await group.DeleteAsync(Name, first with { ResourceVersion = second.ResourceVersion }, Patience, default));

        AssertSameVersion(second, await ReadAsync(store));
    }

    [ContractFact]
    public async Task Delete_NotThere_Absent()
    {
        ILeaseGroup group = GroupOf();
        Lease lease = await CreateAsync(group.Open(Name, Traits), Held("a"));
        await DeleteAsync(Name);

        Expect<LeaseReply.Absent>(await group.DeleteAsync(Name, lease, Patience, default));
    }

    [ContractFact]
    public async Task Create_AfterDelete_AnotherLease()
    {
        ILeaseGroup group = GroupOf();
        ILeaseStore store = group.Open(Name, Traits);
        Lease first = await CreateAsync(store, Held("a"));
        Expect<LeaseReply.Absent>(await group.DeleteAsync(Name, first, Patience, default));

        Lease second = await CreateAsync(store, Held("b"));

        Assert.NotEqual(first.Uid, second.Uid);
        Assert.True(Number(second) > Number(first));
    }

    private static async Task<LeaseGroupReply.Found> ListAsync(ILeaseGroup group)
    {
        LeaseGroupReply reply = await group.ListAsync(Patience, default);
        Assert.True(reply is LeaseGroupReply.Found, $"Found expected, not {reply}");
        return (LeaseGroupReply.Found)reply;
    }

    private ILeaseStoreSource Source()
    {
        ILeaseStoreSource source = OpenSource();
        _sources.Add(source);
        return source;
    }

    private ILeaseGroup GroupOf() => Source().OpenGroup(Group);
}
