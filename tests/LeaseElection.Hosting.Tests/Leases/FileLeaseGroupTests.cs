using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Tests.Leases;

/// <summary>What a group of leases in files does beyond the contract: proof of death, damage, and folders that come and go.</summary>
[Collection(nameof(FileLocks))]
public sealed class FileLeaseGroupTests : IDisposable
{
    private const string Name = "settlement"; // Which the other process takes.

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task Watch_HolderKilled_ProvenDeadOfTheVersionItWroteLast()
    {
        ILeaseGroup group = Open();
        await CreateAsync(group, Name, "");
        await using HolderProcess holder = await HolderProcess.StartAsync(_folder.Path);
        await using LeaseGroupWatchReader watch = new(group, (await ListAsync(group)).ResourceVersion, Patience);
        await ReadBookmarksAsync(watch, 1);

        holder.Kill();

        LeaseGroupEvent.HolderDead told = await watch.NextAsync<LeaseGroupEvent.HolderDead>();
        Assert.Equal((Name, holder.ResourceVersion), (told.Name, told.ResourceVersion));
    }

    [UnixFact]
    public async Task Watch_HolderWasDeadBefore_ToldOnceAndLeaseCanBeTaken()
    {
        ILeaseGroup group = Open();
        await CreateAsync(group, Name, "");
        await using (HolderProcess holder = await HolderProcess.StartAsync(_folder.Path))
            await holder.KillAsync();
        LeaseGroupReply.Found listed = await ListAsync(group);
        await using LeaseGroupWatchReader watch = new(group, listed.ResourceVersion, Patience);
        await watch.NextAsync<LeaseGroupEvent.HolderDead>();
        await ReadBookmarksAsync(watch, 2); // With several questions between them, and no second answer.

        Lease dead = listed.Leases[Name];
        LeaseReply taken = await group.Open(Name, LeaseTraits.None)
            .ReplaceAsync(dead, dead.Record with { HolderIdentity = "me" }, Patience, default);

        Assert.IsType<LeaseReply.Found>(taken);
        Assert.Equal("me", (await watch.NextAsync<LeaseGroupEvent.Changed>()).Lease.Record.HolderIdentity);
        await ReadBookmarksAsync(watch, 2); // The holder is this process, and lives.
    }

    [UnixFact]
    public async Task Watch_HolderStopped_NoProofUntilItIsKilled()
    {
        ILeaseGroup group = Open();
        await CreateAsync(group, Name, "");
        await using HolderProcess holder = await HolderProcess.StartAsync(_folder.Path);
        await using LeaseGroupWatchReader watch = new(group, (await ListAsync(group)).ResourceVersion, Patience);

        await holder.StopAsync();

        await ReadBookmarksAsync(watch, 4);
        holder.Kill();
        await watch.NextAsync<LeaseGroupEvent.HolderDead>();
    }

    [Fact]
    public async Task List_OneFileIsDamaged_OthersAreListed()
    {
        ILeaseGroup group = Open();
        await CreateAsync(group, "orders-0", "a");
        await CreateAsync(group, "orders-1", "b");
        await File.WriteAllTextAsync(LeasePath("orders-0"), "{");

        Assert.Equal("orders-1", Assert.Single((await ListAsync(group)).Leases).Key);
    }

    [Fact]
    public async Task Watch_FileDamagedAndMended_OthersAreToldMeanwhileAndItAfterwards()
    {
        ILeaseGroup group = Open();
        await CreateAsync(group, "orders-0", "a");
        string whole = await File.ReadAllTextAsync(LeasePath("orders-0"));
        await using LeaseGroupWatchReader watch = new(group, (await ListAsync(group)).ResourceVersion, Patience);
        await ReadBookmarksAsync(watch, 1);

        await File.WriteAllTextAsync(LeasePath("orders-0"), "{");
        await CreateAsync(group, "orders-1", "b");
        Assert.Equal("orders-1", (await watch.NextAsync<LeaseGroupEvent.Changed>()).Name);
        await File.WriteAllTextAsync(LeasePath("orders-0"), whole);

        Assert.Equal("orders-0", (await watch.NextAsync<LeaseGroupEvent.Changed>()).Name);
    }

    /// <summary>As on network shares and file systems that date by whole seconds: two writes within one bear the same date.</summary>
    [Fact]
    public async Task Watch_SecondWriteWithTheDateOfTheFirst_IsToldAsWell()
    {
        ILeaseGroup group = Open();
        Lease held = await CreateAsync(group, "orders-0", "a");
        string first = await File.ReadAllTextAsync(LeasePath("orders-0"));
        await group.Open("orders-0", LeaseTraits.None).ReplaceAsync(held, held.Record with { HolderIdentity = "b" }, Patience, default);
        string second = await File.ReadAllTextAsync(LeasePath("orders-0"));
        Put(first);
        await using LeaseGroupWatchReader watch = new(group, (await ListAsync(group)).ResourceVersion, Patience);
        await ReadBookmarksAsync(watch, 1);

        Put(second);

        Assert.Equal("b", (await watch.NextAsync<LeaseGroupEvent.Changed>()).Lease.Record.HolderIdentity);

        void Put(string text)
        {
            string temporary = LeasePath("orders-0") + ".put";
            File.WriteAllText(temporary, text);
            File.SetLastWriteTimeUtc(temporary, new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc));
            File.Move(temporary, LeasePath("orders-0"), overwrite: true);
        }
    }

    [Fact]
    public async Task Watch_FromAVersionToldLongAgo_TellsWhatIsAndWhatIsNoMore()
    {
        ILeaseGroup group = Open();
        await CreateAsync(group, "orders-0", "a");
        Lease deleted = await CreateAsync(group, "orders-1", "b");
        string older = (await ListAsync(group)).ResourceVersion;
        await CreateAsync(group, "orders-2", "c");
        await ListAsync(group);
        await group.DeleteAsync("orders-1", deleted, Patience, default);

        await using LeaseGroupWatchReader watch = new(group, older, Patience);
        LeaseGroupEvent[] told =
        [
            await watch.NextAsync<LeaseGroupEvent>(), await watch.NextAsync<LeaseGroupEvent>(), await watch.NextAsync<LeaseGroupEvent>(),
        ];

        Assert.Equal(
            ["orders-0", "orders-2"], told.OfType<LeaseGroupEvent.Changed>().Select(found => found.Name).Order(StringComparer.Ordinal));
        Assert.Equal("orders-1", Assert.Single(told.OfType<LeaseGroupEvent.Gone>()).Name);
    }

    [Fact]
    public async Task Watch_FolderOfALeaseIsDeleted_Gone()
    {
        ILeaseGroup group = Open();
        await CreateAsync(group, "orders-0", "");
        await using LeaseGroupWatchReader watch = new(group, (await ListAsync(group)).ResourceVersion, Patience);
        await ReadBookmarksAsync(watch, 1);

        Directory.Delete(Path.GetDirectoryName(LeasePath("orders-0"))!, recursive: true);

        Assert.Equal("orders-0", (await watch.NextAsync<LeaseGroupEvent.Gone>()).Name);
    }

    [Fact]
    public async Task Watch_FolderOfTheNamespaceIsDeleted_EndsAndANewOneBegins()
    {
        ILeaseGroup group = Open();
        await using (LeaseGroupWatchReader watch = new(group, (await ListAsync(group)).ResourceVersion, Patience))
        {
            await ReadBookmarksAsync(watch, 1);
            Directory.Delete(Path.Combine(_folder.Path, "shop"), recursive: true);
            Assert.True(await watch.EndsAsync());
        }

        await using LeaseGroupWatchReader next = new(group, (await ListAsync(group)).ResourceVersion, Patience);
        await CreateAsync(group, "orders-0", "a");
        Assert.Equal("orders-0", (await next.NextAsync<LeaseGroupEvent.Changed>()).Name);
    }

    [Fact]
    public async Task List_FolderCannotBeMade_FailedWithPathAndWayOut()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "shop"), "a file");

        LeaseStoreError error = Assert.IsType<LeaseGroupReply.Failed>(await Open().ListAsync(Patience, default)).Error;

        Assert.Equal(LeaseStoreErrorKind.Storage, error.Kind);
        Assert.Contains(Path.Combine(_folder.Path, "shop"), error.Message, StringComparison.Ordinal);
        Assert.Contains("File:Directory", error.Message, StringComparison.Ordinal);
    }

    private ILeaseGroup Open() =>
        new FileLeases(_folder.Path, "shop", TimeProvider.System, NullLogger<FileLeaseStore>.Instance).OpenGroup("orders");

    private string LeasePath(string name) => Path.Combine(_folder.Path, "shop", name, "lease.json");

    private static async Task<Lease> CreateAsync(ILeaseGroup group, string name, string holder) =>
        Assert.IsType<LeaseReply.Found>(await group.Open(name, LeaseTraits.None).CreateAsync(
            new LeaseRecord { HolderIdentity = holder, LeaseDurationSeconds = 15 }, Patience, default)).Lease;

    private static async Task<LeaseGroupReply.Found> ListAsync(ILeaseGroup group) =>
        Assert.IsType<LeaseGroupReply.Found>(await group.ListAsync(Patience, default));

    private static async Task ReadBookmarksAsync(LeaseGroupWatchReader watch, int count)
    {
        for (int read = 0; read < count; read++)
            Assert.IsType<LeaseGroupEvent.Bookmark>(await watch.NextOfAnyKindAsync());
    }
}
