using System.Text;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Kubernetes;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>A server that never stops sending costs no more than a server that is well. Alone, because allocations are counted.</summary>
[Collection(nameof(BoundsTests))]
[CollectionDefinition(nameof(BoundsTests), DisableParallelization = true)]
public class BoundsTests
{
    private const long Megabyte = 1024 * 1024;

    // A body may have one megabyte, and growing to it takes as much again; TLS and sockets have buffers of their own.
    private const long Most = 24 * Megabyte;

    private static readonly LeaseResource Resource = new(new Uri("https://10.0.0.1:6443"), LeaseOracle.Namespace, LeaseOracle.Name);
    private static readonly byte[] Block = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));

    [Theory]
    [InlineData("Content-Length: 10485760")]
    [InlineData("Content-Length: 1048576")]
    [InlineData("Connection: close")]
    public async Task Read_BodyWithoutEnd_RefusedWithoutKeepingIt(string header)
    {
        RawAnswer answer = Endless($"HTTP/1.1 200 OK\r\n{header}\r\n\r\n", Block, megabytes: 64);
        await MeasureAsync(answer, async store =>
            Records.Failed(LeaseStoreErrorKind.InvalidResponse, await store.ReadAsync(Records.Patience, default)));
    }

    [Fact]
    public async Task Read_HeadersWithoutEnd_RefusedWithoutKeepingThem() => await MeasureAsync(
        Endless("HTTP/1.1 200 OK\r\n", Encoding.ASCII.GetBytes($"X: {new string('x', 60_000)}\r\n"), megabytes: 64),
        async store => Records.Failed(LeaseStoreErrorKind.InvalidResponse, await store.ReadAsync(Records.Patience, default)));

    [Fact]
    public async Task Watch_LineWithoutEnd_BrokenWithoutKeepingIt() => await MeasureAsync(
        Endless("HTTP/1.1 200 OK\r\n\r\n", Block, megabytes: 64),
        async store => await Assert.ThrowsAsync<LeaseWatchException>(async () =>
        {
            await foreach (LeaseEvent _ in store.WatchAsync("1", CancellationToken.None))
                Assert.Fail("There is no event in it.");
        }));

    [Fact]
    public async Task Watch_LineInSingleBytes_CostsAsMuchForEachByte()
    {
        // A hundred times the bytes: 470 times the time were measured, and 2700 to 6000 with a reader that looks through the whole line
        // for each byte.
        double part = double.MaxValue;
        for (int i = 0; i < 5; i++)
            part = Math.Min(part, await TimeAsync(10_000));
        double whole = await TimeAsync(1_000_000);

        Assert.True(whole < part * 1500, $"{part:0.0000} s for a hundredth, {whole:0.000} s for the whole line");
    }

    private static async Task<double> TimeAsync(int length)
    {
        await using var reader = new LeaseWatchReader(new SingleByteStream(length), Resource);
        long started = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<LeaseWatchException>(() => reader.ReadAsync(CancellationToken.None));
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task MeasureAsync(RawAnswer answer, Func<KubernetesLeaseStore, Task> request)
    {
        await using var server = new RawApiServer(_ => answer);
        await using var store = new KubernetesLeaseStore(
            server.Connection, LeaseOracle.Namespace, LeaseOracle.Name, TimeProvider.System, new RecordingLogger<KubernetesLeaseStore>());
        await request(store); // What is compiled and cached the first time is no matter of the second.
        long before = GC.GetTotalAllocatedBytes(precise: true);

        await request(store);

        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < Most, $"{allocated / Megabyte} MB allocated");
    }

    private static RawAnswer Endless(string head, byte[] block, int megabytes) => new(
        [Encoding.ASCII.GetBytes(head), .. Enumerable.Repeat((ReadOnlyMemory<byte>)block, (int)(megabytes * Megabyte / block.Length))])
    {
        Hangs = true,
    };
}
