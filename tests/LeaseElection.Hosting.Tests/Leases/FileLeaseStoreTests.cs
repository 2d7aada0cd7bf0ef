using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Leases.Files;
using LeaseElection.Testing.Contracts;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests.Leases;

public sealed class FileLeaseStoreTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly ListLogger<FileLeaseStore> _log = new();

    private string LeaseFolder => Path.Combine(_folder.Path, "shop", "settlement");

    private string LeasePath => Path.Combine(LeaseFolder, "lease.json");

    public void Dispose() => _folder.Dispose();

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
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "shop"), "");
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

        LeaseReply reply = await store.ReadAsync(TimeSpan.FromMilliseconds(50), default);

        Assert.Equal(LeaseStoreErrorKind.Timeout, Assert.IsType<LeaseReply.Failed>(reply).Error.Kind);
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
        while (FileLock.TryTake(lockPath, FileMode.Open) is { } free)
        {
            free.Dispose();
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, patience.Token);
        }
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

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public async Task Create_NewFolder_OnlyItsUserMayEnter()
    {
        string directory = Path.Combine(_folder.Path, "new");
        await using FileLeaseStore store = new(directory, "shop", "settlement", TimeProvider.System, _log);
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
        await File.WriteAllTextAsync(LeasePath, (await File.ReadAllTextAsync(LeasePath)).Replace("\"a\"", "\"b\"", StringComparison.Ordinal));
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
        await using FileLeaseStore store = new(_folder.Path, "shop", name, TimeProvider.System, _log);
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
        Assert.Contains(_log.Entries, entry => entry.EventName == "LockKept");
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

        (string? name, LogLevel level, string message) = Assert.Single(_log.Entries);

        Assert.Equal("ElectsOnThisMachineOnly", name);
        Assert.Equal(LogLevel.Information, level);
        Assert.Contains(LeasePath, message, StringComparison.Ordinal);
        Assert.Contains("shop/settlement", store.Description, StringComparison.Ordinal);
    }

    private static async Task MakePipeAsync(string path) => await RunAsync("mkfifo", path);

    private static async Task<string> RunAsync(string program, string argument)
    {
        ProcessStartInfo start = new(program, [argument]) { UseShellExecute = false, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private static LeaseRecord Held(string holder, int renewals = 0) => new()
    {
        HolderIdentity = holder,
        LeaseDurationSeconds = 15,
        AcquireTime = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        RenewTime = new(2026, 1, 31, 12, 0, renewals, TimeSpan.Zero),
        LeaseTransitions = 0,
    };

    private static string? Annotation(Lease lease, string name) =>
        lease.Document!.Metadata!.Extra is { } extra && extra.TryGetValue("annotations", out var annotations)
        && annotations.TryGetProperty(name, out var value)
            ? value.GetString()
            : null;

    private FileLeaseStore Open(TimeProvider? clock = null) =>
        new(_folder.Path, "shop", "settlement", clock ?? TimeProvider.System, _log);

    private string[] AliveFiles() => Directory.GetFiles(LeaseFolder, "*.alive");

    private void AssertDamaged(LeaseReply reply)
    {
        LeaseStoreError error = Assert.IsType<LeaseReply.Failed>(reply).Error;
        Assert.Equal(LeaseStoreErrorKind.Damaged, error.Kind);
        Assert.Contains(LeasePath, error.Message, StringComparison.Ordinal);
    }

    private static async Task<Lease> ReadAsync(FileLeaseStore store) =>
        Assert.IsType<LeaseReply.Found>(await store.ReadAsync(Patience, default)).Lease;

    private static async Task<Lease> CreateAsync(FileLeaseStore store, LeaseRecord record) =>
        Assert.IsType<LeaseReply.Found>(await store.CreateAsync(record, Patience, default)).Lease;

    private static async Task<Lease> ReplaceAsync(FileLeaseStore store, Lease current, LeaseRecord record) =>
        Assert.IsType<LeaseReply.Found>(await store.ReplaceAsync(current, record, Patience, default)).Lease;

    private sealed class FrozenClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    /// <summary>The timeout of a request comes when the test says so, however slow the machine; short pauses take their time.</summary>
    private sealed class TimeoutOnCommand : TimeProvider
    {
        private readonly ConcurrentQueue<Action> _timeouts = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.FromSeconds(1))
                return base.CreateTimer(callback, state, dueTime, period);
            _timeouts.Enqueue(() => callback(state));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void TimeOut()
        {
            while (_timeouts.TryDequeue(out Action? timeout))
                timeout();
        }
    }
}
