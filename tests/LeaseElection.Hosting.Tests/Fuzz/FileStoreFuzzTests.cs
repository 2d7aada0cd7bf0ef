using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Fuzz.Strange;
using LeaseElection.Hosting.Tests.Kubernetes;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>
/// Anything in the folder of a file store: no request throws; what is read can be written, and what was written is read again; what
/// cannot be read is never overwritten.
/// </summary>
public sealed class FileStoreFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int FoldersPerSeed = 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Requests_AnythingInTheFolder_AnsweredAndNeverDestroyed() =>
        await FuzzRun.EachSeedAsync(output, seeds: 50, atOnce: 2, async world =>
        {
            for (int i = 0; i < FoldersPerSeed; i++)
                await CheckAsync(world, Path.Combine(_folder.Path, $"{world.Seed}-{i}"));
        });

    private static async Task CheckAsync(FuzzWorld world, string directory)
    {
        string folder = Directory.CreateDirectory(Path.Combine(directory, LeaseOracle.Namespace, LeaseOracle.Name)).FullName;
        string path = Path.Combine(folder, "lease.json");
        StrangeLeaseFolder.Fill(world, folder);
        await using var store = new FileLeaseStore(
            directory, LeaseOracle.Namespace, LeaseOracle.Name, TimeProvider.System, new RecordingLogger<FileLeaseStore>());

        byte[]? before = File.Exists(path) && new FileInfo(path).LinkTarget is null ? await File.ReadAllBytesAsync(path) : null;
        LeaseReply read = await store.ReadAsync(Records.Patience, default);
        LeaseReply written = read is LeaseReply.Found found
            ? await store.ReplaceAsync(found.Lease, Records.Held("me"), Records.Patience, default)
            : await store.CreateAsync(Records.Held("me"), Records.Patience, default);

        if (written is LeaseReply.Found { Lease: { } ours })
        {
            Assert.True(read is LeaseReply.Found or LeaseReply.Absent, $"{read} and then {written}");
            LeaseReply again = await store.ReadAsync(Records.Patience, default);
            Assert.True(again is LeaseReply.Found { Lease: var lease } && lease.Record == ours.Record, $"{written}, and then {again}");
            LeaseReply renewed = await store.ReplaceAsync(
                ((LeaseReply.Found)again).Lease, Records.Held("me", 1), Records.Patience, default);
            // All that may end it is the greatest version of all, and then it is said and the lease is left as it is.
            Assert.True(
                renewed is LeaseReply.Found
                || (renewed is LeaseReply.Failed { Error: { Kind: LeaseStoreErrorKind.Damaged, Message: var message } }
                    && message.Contains("leaves no greater one", StringComparison.Ordinal)),
                $"{again} and then {renewed}");
            return;
        }

        LeaseStoreError error = Assert.IsType<LeaseReply.Failed>(written).Error;
        Assert.True(error.Kind is LeaseStoreErrorKind.Damaged or LeaseStoreErrorKind.Storage, $"{error}");
        Assert.Contains(folder, error.Message, StringComparison.Ordinal);
        if (before is not null)
            Assert.Equal(before, await File.ReadAllBytesAsync(path));
    }
}
