using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Leases.Files;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Contracts;

namespace LeaseElection.Hosting.Tests.Leases;

/// <summary>Files that are damaged, folders that cannot be used, disks that are full or hang.</summary>
[Collection(nameof(FileLocks))]
public sealed class FileLeaseStoreDamageTests : FileLeaseStoreSetup
{
    public static TheoryData<string> DamagedFiles => new()
    {
        "",
        " ",
        "{",
        "not json",
        "null",
        "[]",
        "{}",
        """{ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "settlement" } }""",
        """{ "apiVersion": "apps/v1", "kind": "Lease" }""",
        """{ "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": { "resourceVersion": "x" } }""",
        """{ "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": { "resourceVersion": "99999999999999999999" } }""",
        """{ "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "spec": { "leaseDurationSeconds": "15" } }""",
        """{ "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "spec": { "renewTime": "yesterday" } }""",
    };

    [Theory]
    [MemberData(nameof(DamagedFiles))]
    public async Task Request_FileIsDamaged_DamagedAndNothingIsOverwritten(string content)
    {
        await using FileLeaseStore store = Open();
        Lease before = await CreateAsync(store, Held("a"));
        await File.WriteAllTextAsync(LeasePath, content);

        AssertDamaged(await store.ReadAsync(Patience, default));
        AssertDamaged(await store.CreateAsync(Held("b"), Patience, default));
        AssertDamaged(await store.ReplaceAsync(before, Held("a"), Patience, default));

        Assert.Equal(content, await File.ReadAllTextAsync(LeasePath));
    }

    [Fact]
    public async Task Read_FileCutAtAnyByte_DamagedNeverSomethingElse()
    {
        await using FileLeaseStore store = Open();
        await CreateAsync(store, Held("a"));
        byte[] whole = await File.ReadAllBytesAsync(LeasePath);

        // Without its last byte, a line feed or a brace, it may be whole still.
        for (int length = 0; length < whole.Length - 1; length++)
        {
            await File.WriteAllBytesAsync(LeasePath, whole[..length]);
            AssertDamaged(await store.ReadAsync(Patience, default));
        }
    }

    [Fact]
    public async Task Watch_FileIsDamagedForLong_BreaksAndNamesTheFile()
    {
        await using FileLeaseStore store = Open();
        Lease lease = await CreateAsync(store, Held("a"));
        await using LeaseWatchReader watch = new(store, lease.ResourceVersion, Patience);
        await File.WriteAllTextAsync(LeasePath, "{");

        LeaseWatchException broken = await Assert.ThrowsAsync<LeaseWatchException>(
            async () =>
            {
                while (true)
                    await watch.NextOfAnyKindAsync();
            });

        Assert.Equal(LeaseStoreErrorKind.Damaged, broken.Error.Kind);
        Assert.Contains(LeasePath, broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_FileWhereTheFolderShouldBe_StorageWithPathAndFix()
    {
        await File.WriteAllTextAsync(Path.Combine(StoreFolder, "shop"), "");
        await using FileLeaseStore store = Open();

        foreach (LeaseReply reply in new[]
        {
            await store.ReadAsync(Patience, default),
            await store.CreateAsync(Held("a"), Patience, default),
        })
        {
            LeaseStoreError error = Assert.IsType<LeaseReply.Failed>(reply).Error;
            Assert.Equal(LeaseStoreErrorKind.Storage, error.Kind);
            Assert.Contains(LeaseFolder, error.Message, StringComparison.Ordinal);
            Assert.Contains("File:Directory", error.Message, StringComparison.Ordinal);
        }
        await using LeaseWatchReader watch = new(store, "", Patience);
        LeaseWatchException broken = await Assert.ThrowsAsync<LeaseWatchException>(watch.NextOfAnyKindAsync);
        Assert.Equal(LeaseStoreErrorKind.Storage, broken.Error.Kind);
    }

    [UnixFact]
    public async Task Replace_DiskIsFull_FailedWithoutEffectAndWorksOnceThereIsSpace()
    {
        if (!File.Exists("/dev/full"))
            return;
        await using FileLeaseStore store = Open();
        Lease lease = await CreateAsync(store, Held("a"));
        string temporary = LeasePath + ".tmp";
        // Whatever is written there fails with ENOSPC.
        File.CreateSymbolicLink(temporary, "/dev/full");

        LeaseReply reply = await store.ReplaceAsync(lease, Held("a", renewals: 1), Patience, default);

        LeaseStoreError error = Assert.IsType<LeaseReply.Failed>(reply).Error;
        Assert.Equal(LeaseStoreErrorKind.Storage, error.Kind);
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        Assert.Equal(lease.ResourceVersion, (await ReadAsync(store)).ResourceVersion);
        File.Delete(temporary);
        await ReplaceAsync(store, lease, Held("a", renewals: 1));
    }

    [Fact]
    public async Task Replace_RenameFails_FailedWithoutEffect()
    {
        await using FileLeaseStore store = Open();
        // A folder in its place: there is no lease to read, and nothing can be renamed over it.
        Directory.CreateDirectory(LeasePath);

        LeaseReply reply = await store.CreateAsync(Held("a"), Patience, default);

        Assert.Equal(LeaseStoreErrorKind.Storage, Assert.IsType<LeaseReply.Failed>(reply).Error.Kind);
        Assert.True(Directory.Exists(LeasePath));
    }

    [Fact]
    public async Task Create_TemporaryFileOfAKilledProcess_IgnoredAndGone()
    {
        Directory.CreateDirectory(LeaseFolder);
        await File.WriteAllTextAsync(LeasePath + ".tmp", new string('x', 100_000));
        await using FileLeaseStore store = Open();

        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
        await CreateAsync(store, Held("a"));

        Assert.Equal("a", (await ReadAsync(store)).Record.HolderIdentity);
        Assert.False(File.Exists(LeasePath + ".tmp"));
    }

    [Fact]
    public async Task Replace_LockIsHeldByAnother_TimeoutWithoutEffectEvenLater()
    {
        await using FileLeaseStore store = Open();
        Lease lease = await CreateAsync(store, Held("a"));
        LeaseReply reply;
        using (FileLock.TryTake(Path.Combine(LeaseFolder, "lease.lock"), FileMode.Open)!)
            reply = await store.ReplaceAsync(lease, Held("a", renewals: 1), TimeSpan.FromMilliseconds(50), default);

        Assert.Equal(LeaseStoreErrorKind.Timeout, Assert.IsType<LeaseReply.Failed>(reply).Error.Kind);
        // Were the first still to write, one of the two would now be refused, and this is the one that must not be.
        await ReplaceAsync(store, lease, Held("a", renewals: 2));
    }

    [UnixFact]
    public async Task Read_DiskHangs_TimeoutInTime()
    {
        await using FileLeaseStore store = Open();
        Directory.CreateDirectory(LeaseFolder);
        // Opening a pipe to read hangs until somebody opens it to write, as a disk does that is gone.
        await MakePipeAsync(LeasePath);

        LeaseReply reply = await store.ReadAsync(TimeSpan.FromMilliseconds(118), default);

        LeaseStoreError error = Assert.IsType<LeaseReply.Failed>(reply).Error;
        Assert.Equal(LeaseStoreErrorKind.Timeout, error.Kind);
        Assert.Contains(" within 0.1 s.", error.Message, StringComparison.Ordinal); // What is left of a term is no round number.
        await File.WriteAllTextAsync(LeasePath, "");
    }

    [UnixFact]
    public async Task Replace_DiskHangsBeforeTheRename_TimeoutAndNeverWrittenLater()
    {
        TimeoutOnCommand clock = new();
        await using FileLeaseStore store = Open(clock);
        Lease lease = await CreateAsync(store, Held("a"));
        // Opening a pipe to write hangs until somebody reads it.
        await MakePipeAsync(LeasePath + ".tmp");
        string lockPath = Path.Combine(LeaseFolder, "lease.lock");

        Task<LeaseReply> replacing = store.ReplaceAsync(lease, Held("a", renewals: 1), Patience, default);
        using CancellationTokenSource patience = new(Patience);
        await Polling.UntilAsync(() => Task.FromResult(IsTaken(lockPath)), Patience);
        clock.TimeOut();
        LeaseReply reply = await replacing;

        Assert.Equal(LeaseStoreErrorKind.Timeout, Assert.IsType<LeaseReply.Failed>(reply).Error.Kind);
        // The disk comes back: the write that was given up goes on, up to where it would count. (Not read by .NET, whose lock on
        // the pipe would drive the writer away.)
        Assert.Contains("\"holderIdentity\": \"a\"", await RunAsync("cat", LeasePath + ".tmp"), StringComparison.Ordinal);
        // Once the late writer has let go of the lock, the version it meant to replace is still there.
        using (await FileLock.TakeAsync(lockPath, TimeProvider.System, patience.Token))
            File.Delete(LeasePath + ".tmp");
        await using FileLeaseStore other = Open();
        await ReplaceAsync(other, lease, Held("a", renewals: 2));
    }

    private static bool IsTaken(string path)
    {
        using FileLock? free = FileLock.TryTake(path, FileMode.Open);
        return free is null;
    }
}
