using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests;

/// <summary>An election that runs for a year opens a hundred thousand watches.</summary>
[Collection(nameof(WholeProcess))]
public sealed class StoreRunnerLeakTests(ITestOutputHelper output)
{
    private readonly Signal _told = new();
    private int _events;

    [Fact]
    public async Task Watch_OpenedAHundredThousandTimes_LeavesNothingBehind()
    {
        var server = new FakeLeaseServer(TimeProvider.System);
        server.Edit(_ => new LeaseRecord { HolderIdentity = "other" });
        await using var runner = new StoreRunner(server.Connect(), SomeRun.On(TimeProvider.System), Post, NullLogger.Instance);
        await OpenAsync(1000);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        await OpenAsync(100_000);
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;

        output.WriteLine($"{grown / 1024} KiB more memory after 100000 watches");

        // Less than a task takes, a watch; none of it is ours, but the process has more to do than this test.
        Assert.InRange(grown, long.MinValue, 100_000 * 50);

        async Task OpenAsync(int times)
        {
            for (int i = 0; i < times; i++)
            {
                int events = Volatile.Read(ref _events);
                runner.Watch(server.Lease!.ResourceVersion);
                server.Edit(record => record with { LeaseTransitions = events });
                await _told.WaitUntilAsync(() => Volatile.Read(ref _events) > events, () => "the event");
            }
        }
    }

    private void Post(ElectionInput input)
    {
        Interlocked.Increment(ref _events);
        _told.Pulse();
    }
}
