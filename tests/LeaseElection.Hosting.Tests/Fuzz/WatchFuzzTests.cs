using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Fuzz.Strange;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>Any lines of a watch, cut anywhere by the network.</summary>
public class WatchFuzzTests(ITestOutputHelper output)
{
    private const int StreamsPerSeed = 50;

    private static readonly LeaseResource Resource = new(new Uri("https://10.0.0.1:6443"), LeaseOracle.Namespace, LeaseOracle.Name);

    [Fact]
    public async Task Read_AnyLines_TellsOurLeaseOrBreaks() => await FuzzRun.EachSeedAsync(output, seeds: 100, atOnce: 1, async world =>
    {
        for (int i = 0; i < StreamsPerSeed; i++)
        {
            List<byte[]> lines = [.. Enumerable.Range(0, world.Random.Next(1, 4)).Select(_ => StrangeWatch.Line(world.Random))];
            byte[] stream = world.Put("watch", [.. lines.SelectMany(line => line), .. StrangeWatch.End(world.Random)]);
            await CheckAsync(stream, world.Random);
        }
    });

    private static async Task CheckAsync(byte[] stream, Random random)
    {
        await using var reader = new WatchReader<LeaseEvent>(
            new ChoppedStream(stream, random), Resource,
            (type, json) => LeaseEvents.OfLease(Resource, type, LeaseDocumentReader.Read(json, known: null)!));
        // A line tells one event at the most, so what is told is always of the lines read so far.
        byte[][] lines = Split(stream);
        int told = 0;
        try
        {
            while (await reader.ReadAsync(CancellationToken.None) is { } happened)
            {
                while (told < lines.Length && !WatchOracle.Tells(lines[told], happened))
                    told++;
                Assert.True(told++ < lines.Length, $"No line tells {happened}.");
            }

            Assert.True(stream is [] or [.., (byte)'\n'], "A stream that ends in the middle of a line ended in good order.");
        }
        catch (LeaseWatchException broken)
        {
            Assert.True(broken.Error.Message.Length is > 0 and < 5000, broken.Error.Message);
        }
    }

    private static byte[][] Split(byte[] stream)
    {
        List<byte[]> lines = [];
        for (int at; (at = stream.AsSpan().IndexOf((byte)'\n')) >= 0; stream = stream[(at + 1)..])
            lines.Add(stream[..at]);
        return [.. lines];
    }
}
