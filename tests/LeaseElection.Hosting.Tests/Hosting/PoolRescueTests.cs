using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;

namespace LeaseElection.Hosting.Tests;

/// <summary>
/// Terms of a process whose thread pool has no thread. That work is told in time where nobody can help, <see cref="TermWatchdogTests"/>
/// says.
/// </summary>
[Collection(nameof(WholeProcess))]
public sealed class PoolRescueTests
{
    private readonly RecordingLogger<TermWatchdog> _logger = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ThreadPoolIsStarved_TermIsKeptForTwiceItsDeadline(bool requestUnderWay)
    {
        var server = new FakeLeaseServer(TimeProvider.System) { CanBlock = true };
        await using var host = new ElectionHost(server, time: TimeProvider.System);
        host.AddElection(options =>
        {
            options.LeaseDuration = TimeSpan.FromSeconds(12);
            options.RenewDeadline = TimeSpan.FromSeconds(8);
            options.RetryPeriod = TimeSpan.FromSeconds(1);
        }).AddWork((_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));
        LeadershipTerm term = await host.StartAndLeadAsync();
        FakeLeaseStore store = host.Store;
        if (requestUnderWay)
        {
            // It reaches the server, and the pool never gets to its answer.
            store.Next(FakeFault.Late);
            await server.UntilAsync(server => server.RequestsUnderWay == 1);
        }

        int before = server.Written.Count;
        using var starved = new StarvedPool();
        using var never = new ManualResetEventSlim();
        for (int tick = 0; tick < 320 && !term.Lost.IsCancellationRequested; tick++) // Nothing here may need the pool.
            never.Wait(TimeSpan.FromMilliseconds(50));
        bool held = term.IsHeld;
        int renewals = server.Written.Count - before;
        starved.Feed();
        if (requestUnderWay)
            store.DeliverLate();
        await server.UntilAsync(server => server.Written.Count > before + renewals + 2); // On the pool again.

        Assert.True(held);
        Assert.InRange(renewals, 4, 20);
        Assert.True(term.IsHeld); // Whatever came late.
        Assert.Equal(term.Identity, server.Holder);
        Assert.Equal(term.Transitions, server.Lease!.Record.LeaseTransitions);
    }

    [Fact]
    public void Begin_PoolWorks_NobodyIsRescuedAndNothingIsTold()
    {
        var term = new CountedTerm();
        var rescue = new PoolRescue(() => [term], new GuardedLogger(_logger), prompt: Signal.Patience); // The machine may be busy.

        rescue.Begin();
        rescue.Begin();
        SpinWait.SpinUntil(() => rescue.IsIdle, Signal.Patience);

        Assert.True(rescue.IsIdle);
        Assert.Equal(0, term.Rescues);
        Assert.Empty(_logger.Lines);
    }

    [Fact]
    public void Begin_PoolIsStarved_RescuesUntilItWorksAndSaysSoOnce()
    {
        var term = new CountedTerm();
        var rescue = new PoolRescue(() => [term], new GuardedLogger(_logger));
        using (var starved = new StarvedPool())
        {
            rescue.Begin();
            Assert.True(term.UntilRescued(3));
            starved.Feed();
        }

        Assert.True(SpinWait.SpinUntil(() => rescue.IsIdle, Signal.Patience));
        Assert.Equal(["PoolStarved", "PoolRecovered"], _logger.Lines.Select(line => line.Id.Name));
    }

    [Fact]
    public void Begin_PoolMovesNowAndThen_RescuesForAsLongAsThatTakes()
    {
        var term = new CountedTerm();
        TimeSpan longest = TimeSpan.FromSeconds(6);
        var rescue = new PoolRescue(() => [term], new GuardedLogger(_logger), longest);
        using var never = new ManualResetEventSlim();
        using (var first = new StarvedPool())
        {
            rescue.Begin();
            Assert.True(term.UntilRescued(1));
            using var second = new StarvedPool(); // Behind what the rescue has asked the pool for.
            never.Wait(longest * 0.6);
            first.Feed();
            never.Wait(longest * 0.6);
            second.Feed();
        }

        Assert.True(SpinWait.SpinUntil(() => rescue.IsIdle, Signal.Patience));
        Assert.Equal(["PoolStarved", "PoolRecovered"], _logger.Lines.Select(line => line.Id.Name));
    }

    [Fact]
    public void Begin_PoolStaysStarved_GivesUpUntilItWorksAgain()
    {
        var term = new CountedTerm();
        var rescue = new PoolRescue(() => [term], new GuardedLogger(_logger), longest: TimeSpan.FromSeconds(1));
        int rescues;
        using (var starved = new StarvedPool())
        {
            rescue.Begin();
            Assert.True(SpinWait.SpinUntil(() => _logger.Lines.Count == 2, Signal.Patience));
            rescues = term.Rescues;
            rescue.Begin();
            Assert.False(rescue.IsIdle);
            starved.Feed();
        }

        Assert.True(SpinWait.SpinUntil(() => rescue.IsIdle, Signal.Patience));
        Assert.Equal(["PoolStarved", "PoolRescueEnded", "PoolRecovered"], _logger.Lines.Select(line => line.Id.Name));
        Assert.Equal(rescues, term.Rescues);
    }

    private sealed class CountedTerm : IRescuable
    {
        private int _rescues;

        public int Rescues => Volatile.Read(ref _rescues);

        public bool IsStuck => true;

        public void Rescue() => Interlocked.Increment(ref _rescues);

        public bool UntilRescued(int times) => SpinWait.SpinUntil(() => Rescues >= times, Signal.Patience);
    }
}
