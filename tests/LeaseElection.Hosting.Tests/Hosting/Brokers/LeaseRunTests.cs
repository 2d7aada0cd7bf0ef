using LeaseElection.Hosting.Brokers;
using LeaseElection.Hosting.Election;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.Tests.Brokers;

/// <summary>A lease that was taken while the thread pool had no thread for who is to have it.</summary>
public sealed class LeaseRunTests : BrokerTest
{
    [Theory]
    [InlineData(false, "DeadlinePassed")]
    [InlineData(true, "OtherHolder")]
    public async Task Take_LostBeforeItIsHandedOver_ThrowsWhatHasHappened(bool isRobbed, string reason)
    {
        BrokerProcess process = NewProcess();
        using var late = new LateScopes();
        LeaseRunParts parts = await process.Broker.OpenAsync(CancellationToken.None) with { Scopes = late };
        var run = new LeaseRun(parts, "a", new LeaseMemory(), isBrief: true);
        run.Start(ended: () => { });
        Task<bool> taking = run.TakeAsync(TimeSpan.Zero, CancellationToken.None);
        await process.Logs.WaitForAsync("BecameLeader");

        if (isRobbed)
            HoldBySomebodyElse();
        else
            process.StoreOf("a").All(FakeFault.Fail);
        await AdvanceUntilAsync(() => process.Logs.Named("LeadershipLost").Count == 1);
        late.Come();
        await AdvanceUntilAsync(() => taking.IsCompleted);

        LeaseStoreException thrown = await Assert.ThrowsAsync<LeaseStoreException>(() => taking);
        Assert.StartsWith($"Lease shop/a was taken, and lost ({reason}) before", thrown.Message, StringComparison.Ordinal);
        await run.Completion.WaitAsync(Signal.Patience);
    }

    /// <summary>
    /// Work cannot begin before its scope is made, and it is made too late: work that was told to stop before does not begin.
    /// </summary>
    private sealed class LateScopes : IServiceScopeFactory, IDisposable
    {
        private readonly ManualResetEventSlim _come = new();

        public void Come() => _come.Set();

        public IServiceScope CreateScope()
        {
            _come.Wait(Signal.Patience);
            throw new OperationCanceledException();
        }

        public void Dispose() => _come.Dispose();
    }
}
