using System.Text;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Kubernetes;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>A server that never stops sending costs no more than a server that is well. Alone, because allocations are counted.</summary>
[Collection(nameof(BoundsTests))]
[CollectionDefinition(nameof(BoundsTests), DisableParallelization = true)]
public class BoundsTests(ITestOutputHelper output)
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
        // A hundred times the bytes: 500 to 900 times the time were measured, and 4700 with a reader that looks through the whole line for
        // each byte.
        double whole = await CostAsync(1_000_000, tries: 3); // First, so that both are of code that has been optimized.
        double part = await CostAsync(10_000, tries: 20);

        output.WriteLine($"{part:0.0000} s for a hundredth, {whole:0.000} s for the whole line");
        Assert.InRange(whole, 0, part * 2000);
    }

    /// <summary>Seconds of this process's own time on a processor, at best: those of a clock say how busy the machine is.</summary>
    private static async Task<double> CostAsync(int length, int tries)
    {
        double best = double.MaxValue;
        for (int i = 0; i < tries; i++)
        {
            await using var reader = new WatchReader<LeaseEvent>(
                new SingleByteStream(length), Resource,
                (type, json) => LeaseEvents.OfLease(Resource, type, LeaseDocumentReader.Read(json, known: null)!));
            TimeSpan started = Environment.CpuUsage.TotalTime;
            await Assert.ThrowsAsync<LeaseWatchException>(() => reader.ReadAsync(CancellationToken.None).AsTask());
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - started).TotalSeconds);
        }

        return best;
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
