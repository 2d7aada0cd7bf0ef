using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Fuzz.Strange;
using LeaseElection.Hosting.Tests.Kubernetes;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>The real store against a server that sends any bytes: each request is answered in its time, and none by an exception.</summary>
public class StoreFuzzTests(ITestOutputHelper output)
{
    private const int RequestsPerSeed = 40;

    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(200);

    // For a busy machine: what is asserted is that the request ends by its timeout, not how punctual timers are.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10);

    private int _found;

    [Fact]
    public async Task Requests_AnyBytes_AnsweredInTimeAndByNothingElseThanOurLease()
    {
        using var unobserved = new UnobservedExceptions();
        await FuzzRun.EachSeedAsync(output, seeds: 40, atOnce: 12, RunAsync);
        // Some of it is what it should be: garbage that never comes near to an answer tests nothing.
        Assert.True(_found > 0, "No lease was ever found.");
        Assert.Empty(unobserved.Collect());
    }

    private async Task RunAsync(FuzzWorld world)
    {
        byte[] body = [];
        RawAnswer next = RawAnswer.Json(404, "");
        await using var server = new RawApiServer(_ => next);
        await using var store = new KubernetesLeaseStore(
            server.Connection, LeaseOracle.Namespace, LeaseOracle.Name, TimeProvider.System, new RecordingLogger<KubernetesLeaseStore>());
        var replaced = new Lease { Uid = StrangeLease.Uid, ResourceVersion = "1", Record = new LeaseRecord() };
        for (int i = 0; i < RequestsPerSeed; i++)
        {
            LeaseRecord written = Records.Held("me", i) with { LeaseTransitions = 1 };
            int kind = world.Random.Next(4);
            body = kind == 3 ? [.. Enumerable.Range(0, 3).SelectMany(_ => StrangeWatch.Line(world.Random))]
                : world.Random.OneIn(3) ? StrangeStatus.Any(world.Random)
                : StrangeLease.Strange(
                    world.Random, world.Random.OneIn(2) ? StrangeLease.Good(world.Random) : StrangeLease.Of(world.Random, written));
            next = StrangeHttp.Any(world.Random, body);
            world.Put($"{kind} closes {next.Closes} hangs {next.Hangs}", [.. next.Pieces.SelectMany(piece => piece.ToArray())]);
            long started = TimeProvider.System.GetTimestamp();
            if (kind == 3)
                await WatchAsync(store);
            else
                Check(kind, await (kind == 0 ? store.ReadAsync(Timeout, default)
                    : kind == 1 ? store.CreateAsync(written, Timeout, default)
                    : store.ReplaceAsync(replaced, written, Timeout, default)).WaitAsync(Timeout + Slack), body, written);
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Timeout + Slack, "It took longer than its timeout.");
        }
    }

    private void Check(int kind, LeaseReply reply, byte[] body, LeaseRecord written)
    {
        if (reply is LeaseReply.Found)
        {
            Interlocked.Increment(ref _found);
            Assert.True(kind == 0 ? LeaseOracle.IsOurs(body) : LeaseOracle.Confirms(body, written), $"{reply}");
        }
        string? message = (reply as LeaseReply.Failed)?.Error.Message ?? (reply as LeaseReply.Unknown)?.Error.Message;
        Assert.DoesNotContain("c0nfidential", message ?? "", StringComparison.Ordinal);
        Assert.True(message is null or { Length: > 0 and < 5000 }, message);
    }

    private static async Task WatchAsync(KubernetesLeaseStore store)
    {
        using var enough = new CancellationTokenSource(Timeout);
        try
        {
            await foreach (LeaseEvent _ in store.WatchAsync("1", enough.Token).WithCancellation(CancellationToken.None))
            {
                // What may be told is checked where there is no network.
            }
        }
        catch (Exception e) when (e is LeaseWatchException || (e is OperationCanceledException && enough.IsCancellationRequested))
        {
            // Broken, or silent.
        }
    }
}
