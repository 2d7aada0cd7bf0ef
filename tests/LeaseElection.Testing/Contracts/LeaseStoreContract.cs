using System.Text.Json.Nodes;
using LeaseElection.Hosting.Leases;
using Xunit;

namespace LeaseElection.Testing.Contracts;

/// <summary>
/// What the election core relies on, whichever store is behind it: the same tests run against the file store, an in-process HTTP
/// fake and a real kube-apiserver. A test that only one store can pass does not belong here.
/// </summary>
public abstract class LeaseStoreContract : LeaseGroupContract
{
    [ContractFact]
    public async Task Read_NoLease_Absent()
    {
        ILeaseStore store = await OpenStoreAsync();

        Expect<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
    }

    [ContractFact]
    public async Task Read_AfterCreate_WhatTheCreateAnswered()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease created = Expect<LeaseReply.Found>(await store.CreateAsync(Held("a"), Patience, default)).Lease;

        Lease read = await ReadAsync(await OpenStoreAsync());

        Assert.Equal(Held("a"), created.Record);
        Assert.NotEmpty(created.Uid);
        AssertSameVersion(created, read);
    }

    [ContractFact]
    public async Task Create_LeaseExists_ConflictAndNothingChanges()
    {
        Lease first = await CreateAsync(await OpenStoreAsync(), Held("a"));
        ILeaseStore other = await OpenStoreAsync();

        Expect<LeaseReply.Conflict>(await other.CreateAsync(Held("b"), Patience, default));

        AssertSameVersion(first, await ReadAsync(other));
    }

    [ContractFact]
    public async Task Replace_CurrentVersion_NewGreaterVersionOfTheSameLease()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease created = await CreateAsync(store, Held("a"));

        Lease replaced = await ReplaceAsync(store, created, Held("a", renewals: 1));

        Assert.Equal(Held("a", renewals: 1), replaced.Record);
        Assert.Equal(created.Uid, replaced.Uid);
        Assert.True(Number(replaced) > Number(created), $"{replaced.ResourceVersion} > {created.ResourceVersion}");
        AssertSameVersion(replaced, await ReadAsync(await OpenStoreAsync()));
    }

    [ContractFact]
    public async Task Replace_StaleVersion_ConflictAndNothingChanges()
    {
        ILeaseStore store = await OpenStoreAsync();
        ILeaseStore other = await OpenStoreAsync();
        Lease stale = await CreateAsync(store, Held("a"));
        Lease current = await ReplaceAsync(store, stale, Held("a", renewals: 1));

        Expect<LeaseReply.Conflict>(await other.ReplaceAsync(stale, Held("b"), Patience, default));

        AssertSameVersion(current, await ReadAsync(other));
    }

    [ContractFact]
    public async Task Replace_LeaseWasDeleted_NeverMadeAgain()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease deleted = await CreateAsync(store, Held("a"));
        await DeleteAsync(Name);

        LeaseReply reply = await store.ReplaceAsync(deleted, Held("a", renewals: 1), Patience, default);

        Assert.True(reply is LeaseReply.Absent or LeaseReply.Conflict, $"Absent or Conflict expected, not {reply}.");
        Expect<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
    }

    [ContractFact]
    public async Task Replace_LeaseWasDeletedAndMadeAgain_ConflictAndNothingChanges()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease first = await CreateAsync(store, Held("a"));
        await DeleteAsync(Name);
        Lease second = await CreateAsync(await OpenStoreAsync(), Held("b"));

        Expect<LeaseReply.Conflict>(await store.ReplaceAsync(first, Held("a", renewals: 1), Patience, default));

        Assert.NotEqual(first.Uid, second.Uid);
        AssertSameVersion(second, await ReadAsync(store));
    }

    [ContractFact]
    public async Task Replace_OtherUidSameVersion_Conflict()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease current = await CreateAsync(store, Held("a"));

        Lease impostor = current with
        {
            Uid = "00000000-0000-0000-0000-000000000000",
            Document = current.Document! with
            {
                Metadata = current.Document.Metadata! with { Uid = "00000000-0000-0000-0000-000000000000" },
            },
        };

        Expect<LeaseReply.Conflict>(await store.ReplaceAsync(impostor, Held("b"), Patience, default));
        AssertSameVersion(current, await ReadAsync(store));
    }

    [ContractFact]
    public async Task Create_AfterDeletion_GreaterVersion()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease first = await ReplaceAsync(store, await CreateAsync(store, Held("a")), Held("a", renewals: 1));
        await DeleteAsync(Name);

        Lease second = await CreateAsync(store, Held("b"));

        Assert.True(Number(second) > Number(first), $"{second.ResourceVersion} > {first.ResourceVersion}");
    }

    [ContractFact]
    public async Task Create_WithAnnotations_TheyAreThere()
    {
        ILeaseStore store = await OpenStoreAsync();

        Expect<LeaseReply.Found>(
            await store.CreateAsync(Annotating(Held("a"), ("note.leaseelection.dev/a", "Zürich \"1\"\n")), Patience, default));

        Assert.Equal("Zürich \"1\"\n", (await ReadAsync(store)).ReadAnnotations()["note.leaseelection.dev/a"]);
    }

    [ContractFact]
    public async Task Replace_WithAnnotations_TheseChangeAndNoOthers()
    {
        await PutAsync(Name, LeaseJson(
            """{ "holderIdentity": "a", "leaseDurationSeconds": 15 }""",
            """, "annotations": { "example.com/note": "do not touch", "note.leaseelection.dev/a": "1", "note.leaseelection.dev/b": "1" }"""));
        ILeaseStore store = await OpenStoreAsync();

        LeaseReply reply = await store.ReplaceAsync(
            await ReadAsync(store),
            Annotating(
                Held("a"), ("note.leaseelection.dev/a", "2"), ("note.leaseelection.dev/b", null), ("note.leaseelection.dev/c", ""),
                ("not.there/d", null)),
            Patience,
            default);

        Lease written = Expect<LeaseReply.Found>(reply).Lease;
        Assert.Equal(written.ReadAnnotations(), (await ReadAsync(store)).ReadAnnotations());
        Assert.Equal(
            [("example.com/note", "do not touch"), ("note.leaseelection.dev/a", "2"), ("note.leaseelection.dev/c", "")],
            written.ReadAnnotations().Where(
                text => !text.Key.StartsWith(
                    "leaseelection.dev/", StringComparison.Ordinal)).OrderBy(text => text.Key).Select(text => (text.Key, text.Value)));
    }

    [ContractFact]
    public async Task Replace_WithAnnotationsOfAStaleVersion_ConflictAndNothingChanges()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease stale = await CreateAsync(store, Held("a"));
        Lease current = await ReplaceAsync(store, stale, Held("b"));

        Expect<LeaseReply.Conflict>(
            await store.ReplaceAsync(stale, Annotating(Held("a", renewals: 1), ("note.leaseelection.dev/a", "1")), Patience, default));

        AssertSameVersion(current, await ReadAsync(store));
        Assert.DoesNotContain("note.leaseelection.dev/a", (await ReadAsync(store)).ReadAnnotations().Keys);
    }

    [ContractFact]
    public async Task Replace_LeaseHasFieldsOfOthers_TheySurvive()
    {
        await PutAsync(Name, LeaseJson(
            """{ "holderIdentity": "a", "leaseDurationSeconds": 15, "strategy": "OldestEmulationVersion", "preferredHolder": "b" }""",
            """, "labels": { "team": "payments" }, "annotations": { "example.com/note": "do not touch" }"""));
        // What the back end kept of it: an old API server does not know strategy and preferredHolder.
        JsonObject before = await GetObjectAsync();
        ILeaseStore store = await OpenStoreAsync();

        Lease taken = await ReplaceAsync(store, await ReadAsync(store), Held("b"));
        await ReplaceAsync(store, taken, Held("b", renewals: 1));

        JsonObject after = await GetObjectAsync();
        Assert.Equal("payments", (string?)after["metadata"]!["labels"]!["team"]);
        Assert.Equal("do not touch", (string?)after["metadata"]!["annotations"]!["example.com/note"]);
        Assert.Equal((string?)before["spec"]!["strategy"], (string?)after["spec"]!["strategy"]);
        Assert.Equal((string?)before["spec"]!["preferredHolder"], (string?)after["spec"]!["preferredHolder"]);
        Assert.Equal("b", (string?)after["spec"]!["holderIdentity"]);
    }

    [ContractFact]
    public async Task Replace_FieldsOfOthersChangedMeanwhile_ConflictAndTheySurvive()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease mine = await CreateAsync(store, Held("a"));
        await PutAsync(Name, LeaseJson("""{ "holderIdentity": "a" }""", """, "labels": { "team": "payments" }"""));

        Expect<LeaseReply.Conflict>(await store.ReplaceAsync(mine, Held("a", renewals: 1), Patience, default));

        Assert.Equal("payments", (string?)(await GetObjectAsync())["metadata"]!["labels"]!["team"]);
    }

    [ContractTheory]
    [InlineData(1234567)]
    [InlineData(9999990)]
    [InlineData(10)]
    [InlineData(0)]
    public async Task Times_AnyMicrosecond_RoundTrip(long ticksOfTheSecond)
    {
        ILeaseStore store = await OpenStoreAsync();
        // Ten ticks are a microsecond: the Lease keeps no more, and a whole second is where other electors lose their digits.
        DateTimeOffset time = Noon.AddTicks(ticksOfTheSecond / 10 * 10);
        LeaseRecord record = Held("a") with { AcquireTime = time, RenewTime = time.AddSeconds(1) };

        Lease created = await CreateAsync(store, record);

        Assert.Equal(record, created.Record);
        Assert.Equal(record, (await ReadAsync(store)).Record);
    }

    [ContractTheory]
    [InlineData(null, null)]
    [InlineData("{ }", null)]
    [InlineData("""{ "leaseDurationSeconds": 15 }""", null)]
    [InlineData("""{ "holderIdentity": null }""", null)]
    [InlineData("""{ "holderIdentity": "", "leaseDurationSeconds": 1 }""", "")]
    public async Task Read_NobodyHoldsIt_FoundAndFreeToTake(string? spec, string? holder)
    {
        await PutAsync(Name, LeaseJson(spec));
        ILeaseStore store = await OpenStoreAsync();

        Lease read = await ReadAsync(store);
        Lease taken = await ReplaceAsync(store, read, Held("a"));

        // An API server may drop an empty holder: both mean nobody.
        Assert.Equal(holder ?? "", read.Record.HolderIdentity ?? "");
        Assert.False(read.Record.HasHolder);
        Assert.Equal(Held("a"), taken.Record);
    }

    [ContractFact]
    public async Task Replace_Release_ReadAsHeldByNobody()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease held = await CreateAsync(store, Held("a"));

        await ReplaceAsync(store, held, Held("a") with { HolderIdentity = "", LeaseDurationSeconds = 1 });

        LeaseRecord read = (await ReadAsync(await OpenStoreAsync())).Record;
        Assert.False(read.HasHolder);
        Assert.Equal(1, read.LeaseDurationSeconds);
        Assert.Equal(Held("a").LeaseTransitions, read.LeaseTransitions);
    }

    [ContractFact]
    public async Task Request_CancelledBefore_ThrowsAndNothingChanges()
    {
        ILeaseStore store = await OpenStoreAsync();
        Lease held = await CreateAsync(store, Held("a"));
        CancellationToken cancelled = new(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.ReadAsync(Patience, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.CreateAsync(Held("b"), Patience, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.ReplaceAsync(held, Held("b"), Patience, cancelled));

        AssertSameVersion(held, await ReadAsync(store));
    }

    [ContractFact]
    public async Task Replace_TwoStoresAtOnce_ExactlyOneWinsEachTime()
    {
        ILeaseStore a = await OpenStoreAsync();
        ILeaseStore b = await OpenStoreAsync();
        Lease current = await CreateAsync(a, Held("nobody"));

        for (int round = 1; round <= 200; round++)
        {
            LeaseReply[] replies = await Task.WhenAll(
                Task.Run(() => a.ReplaceAsync(current, Held("a", round), Patience, default)),
                Task.Run(() => b.ReplaceAsync(current, Held("b", round), Patience, default)));

            Lease won = Assert.Single(replies.OfType<LeaseReply.Found>()).Lease;
            Assert.Single(replies.OfType<LeaseReply.Conflict>());
            AssertSameVersion(won, await ReadAsync(a));
            current = won;
        }
    }

    [ContractFact]
    public async Task Create_TwoStoresAtOnce_ExactlyOneWinsEachTime()
    {
        ILeaseStore a = await OpenStoreAsync();
        ILeaseStore b = await OpenStoreAsync();

        for (int round = 1; round <= 20; round++)
        {
            LeaseReply[] replies = await Task.WhenAll(
                Task.Run(() => a.CreateAsync(Held("a"), Patience, default)),
                Task.Run(() => b.CreateAsync(Held("b"), Patience, default)));

            Lease won = Assert.Single(replies.OfType<LeaseReply.Found>()).Lease;
            Assert.Single(replies.OfType<LeaseReply.Conflict>());
            AssertSameVersion(won, await ReadAsync(a));
            await DeleteAsync(Name);
        }
    }
}
