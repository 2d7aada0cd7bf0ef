using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Leases.Files;
using LeaseElection.Testing.Contracts;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests.Leases;

[Collection(nameof(FileLocks))]
public sealed class FileLeaseStoreTests : FileLeaseStoreSetup
{
    [Fact]
    public async Task Create_Holder_FileIsTheLeaseThatKubectlShows()
    {
        await using FileLeaseStore store = Open();
        Lease lease = await CreateAsync(store, Held("ä+b"));

        string text = await File.ReadAllTextAsync(LeasePath);
        JsonNode json = JsonNode.Parse(text)!;

        Assert.Equal("coordination.k8s.io/v1", (string?)json["apiVersion"]);
        Assert.Equal("Lease", (string?)json["kind"]);
        Assert.Equal("shop", (string?)json["metadata"]!["namespace"]);
        Assert.Equal("settlement", (string?)json["metadata"]!["name"]);
        Assert.Equal(lease.Uid, (string?)json["metadata"]!["uid"]);
        Assert.Equal(lease.ResourceVersion, (string?)json["metadata"]!["resourceVersion"]);
        Assert.Contains("\n    \"holderIdentity\": \"ä+b\",\n", text, StringComparison.Ordinal);
        Assert.Contains("\n    \"renewTime\": \"2026-01-31T12:00:00.000000Z\",\n", text, StringComparison.Ordinal);
    }

    /// <summary>It would wait for ever where a process is frozen that holds the lock, and take it for nobody when it is let go.</summary>
    [Fact]
    public async Task Create_GivenUpWhileAnotherHoldsTheLock_WaitsNoLonger()
    {
        ManualTimeProvider time = new();
        await using FileLeaseStore store = Open(time);
        Directory.CreateDirectory(LeaseFolder);
        using FileLock held = FileLock.TryTake(Path.Combine(LeaseFolder, "lease.lock"), FileMode.OpenOrCreate)!;
        using CancellationTokenSource givenUp = new();
        Task<LeaseReply> creating = store.CreateAsync(Held("a"), Patience, givenUp.Token);
        await time.WaitForTimersAsync(armed: 2); // Of its time, and of the pause before it tries again.

        await givenUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => creating.WaitAsync(Patience));
        Assert.Equal(0, time.ArmedTimers);
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public async Task Create_NewFolder_OnlyItsUserMayEnter()
    {
        string directory = Path.Combine(StoreFolder, "new");
        await using FileLeaseStore store = new(directory, "shop", "settlement", TimeProvider.System, Log);
        await CreateAsync(store, Held("a"));

        const UnixFileMode UserOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        foreach (string folder in new[] { directory, Path.Combine(directory, "shop"), Path.Combine(directory, "shop", "settlement") })
            Assert.Equal(UserOnly, File.GetUnixFileMode(folder));
    }

    [Fact]
    public async Task Replace_ClockWasSetBack_VersionStillGrows()
    {
        await using FileLeaseStore now = Open();
        Lease lease = await CreateAsync(now, Held("a"));
        await using FileLeaseStore past = Open(new FrozenClock(new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero)));

        Lease next = await ReplaceAsync(past, lease, Held("a", renewals: 1));

        Assert.Equal(LeaseFile.VersionOf(lease.Document!) + 1, LeaseFile.VersionOf(next.Document!));
        Assert.Equal(next.ResourceVersion, (await ReadAsync(now)).ResourceVersion);
    }

    [Fact]
    public async Task Replace_EditedByHandAndDatedBefore_Conflict()
    {
        await using FileLeaseStore store = Open();
        Lease held = await CreateAsync(store, Held("a"));
        await File.WriteAllTextAsync(
            LeasePath, (await File.ReadAllTextAsync(LeasePath)).Replace("\"a\"", "\"b\"", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(LeasePath, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.IsType<LeaseReply.Conflict>(await store.ReplaceAsync(held, Held("a", renewals: 1), Patience, default));
        Lease edited = await ReadAsync(store);
        Lease taken = await ReplaceAsync(store, edited, Held("a", renewals: 2));

        Assert.Equal("b", edited.Record.HolderIdentity);
        Assert.True(LeaseFile.VersionOf(edited.Document!) > LeaseFile.VersionOf(held.Document!));
        Assert.True(LeaseFile.VersionOf(taken.Document!) > LeaseFile.VersionOf(edited.Document!));
    }

    [Fact]
    public async Task Create_LongestName_Works()
    {
        string name = string.Join('.', Enumerable.Repeat(new string('a', 62), 4)) + "a";
        await using FileLeaseStore store = new(StoreFolder, "shop", name, TimeProvider.System, Log);
        Assert.Equal(252, name.Length);

        await CreateAsync(store, Held("a"));
    }

    [Fact]
    public async Task Dispose_Released_AliveFileIsGone()
    {
        FileLeaseStore store = Open();
        Lease held = await CreateAsync(store, Held("a"));
        string alive = Assert.Single(AliveFiles());
        Assert.Equal(Path.GetFileName(alive), Annotation(held, AliveMark.FileAnnotation));
        Assert.Equal("a", Annotation(held, AliveMark.HolderAnnotation));

        Lease released = await ReplaceAsync(store, held, Held(""));
        await store.DisposeAsync();

        Assert.Null(Annotation(released, AliveMark.FileAnnotation));
        Assert.Null(Annotation(released, AliveMark.HolderAnnotation));
        Assert.Empty(AliveFiles());
    }

    [Fact]
    public async Task Dispose_NotReleased_LockIsKeptSinceWorkMayRun()
    {
        FileLeaseStore store = Open();
        Lease held = await CreateAsync(store, Held("a"));
        await store.DisposeAsync();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        using AliveProbe probe = new(Assert.Single(AliveFiles()));

        Assert.False(probe.OwnerIsGone());
        Assert.Equal(Path.GetFileName(AliveFiles()[0]), Annotation(held, AliveMark.FileAnnotation));
        Assert.Contains(Log.Lines, entry => entry.Id.Name == "LockKept");
    }

    [Fact]
    public async Task Dispose_NotReleased_AndTakenAgainByThisProcess_OnlyTheLastLockIsKept()
    {
        Lease? lease = null;
        for (int i = 0; i < 3; i++)
        {
            FileLeaseStore store = Open();
            lease = lease is null ? await CreateAsync(store, Held("a")) : await ReplaceAsync(store, lease, Held("a", renewals: i));
            await store.DisposeAsync();
        }

        Assert.Equal(Annotation(lease!, AliveMark.FileAnnotation), Path.GetFileName(Assert.Single(AliveFiles())));
        using AliveProbe probe = new(AliveFiles()[0]);
        Assert.False(probe.OwnerIsGone());
    }

    [Fact]
    public async Task Dispose_WriteConflicted_NothingIsKept()
    {
        await using FileLeaseStore holder = Open();
        await CreateAsync(holder, Held("a"));
        FileLeaseStore standby = Open();

        Assert.IsType<LeaseReply.Conflict>(await standby.CreateAsync(Held("b"), Patience, default));
        await standby.DisposeAsync();

        Assert.Single(AliveFiles());
    }

    [Fact]
    public async Task Watch_HolderInThisProcessLives_NoProofUntilItReleases()
    {
        await using FileLeaseStore holder = Open();
        await using FileLeaseStore standby = Open();
        Lease held = await CreateAsync(holder, Held("a"));
        await using LeaseWatchReader watch = new(standby, held.ResourceVersion, Patience);

        // Two polls, with some five questions between them.
        Assert.IsType<LeaseEvent.Bookmark>(await watch.NextOfAnyKindAsync());
        Assert.IsType<LeaseEvent.Bookmark>(await watch.NextOfAnyKindAsync());
        await ReplaceAsync(holder, held, Held(""));

        Assert.False((await watch.NextAsync<LeaseEvent.Changed>()).Lease.Record.HasHolder);
    }

    [Fact]
    public async Task Watch_AliveFileIsMissing_NoProof()
    {
        await using FileLeaseStore holder = Open();
        await using FileLeaseStore standby = Open();
        Lease held = await CreateAsync(holder, Held("a"));
        // Somebody tidied up. The holder lives on.
        File.Delete(Assert.Single(AliveFiles()));
        await using LeaseWatchReader watch = new(standby, held.ResourceVersion, Patience);

        LeaseEvent.Bookmark bookmark = Assert.IsType<LeaseEvent.Bookmark>(await watch.NextOfAnyKindAsync());

        Assert.Equal(held.ResourceVersion, bookmark.ResourceVersion);
    }

    [Fact]
    public async Task Watch_FolderIsDeleted_DeletionIsToldAndTheWatchEnds()
    {
        await using FileLeaseStore store = Open();
        Lease lease = await CreateAsync(store, Held("a") with { HolderIdentity = "" });
        await using LeaseWatchReader watch = new(store, lease.ResourceVersion, Patience);

        // Not before the watch is under way: it would make the folder again.
        Assert.IsType<LeaseEvent.Bookmark>(await watch.NextOfAnyKindAsync());
        Directory.Delete(LeaseFolder, recursive: true);

        await watch.NextAsync<LeaseEvent.Deleted>();
        Assert.True(await watch.EndsAsync());
    }

    [Fact]
    public async Task Construct_SaysOnceThatItIsForOneMachine()
    {
        await using FileLeaseStore store = Open();
        await CreateAsync(store, Held("a"));

        (LogLevel level, EventId id, string message) = Assert.Single(Log.Lines);

        Assert.Equal("ElectsOnThisMachineOnly", id.Name);
        Assert.Equal(LogLevel.Information, level);
        Assert.Contains(LeasePath, message, StringComparison.Ordinal);
        Assert.Contains("shop/settlement", store.Description, StringComparison.Ordinal);
    }
}
