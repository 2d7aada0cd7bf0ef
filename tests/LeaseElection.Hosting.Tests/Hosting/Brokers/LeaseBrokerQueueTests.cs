using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests.Brokers;

/// <summary>Many callers, many leases, many processes.</summary>
public sealed class LeaseBrokerQueueTests : BrokerTest
{
    [Fact]
    public async Task Callers_OfOneProcess_HaveTheirTurnInOrder_WithGreaterTokens()
    {
        BrokerProcess process = NewProcess();
        HeldLease first = (await SoonAsync(process.TryAsync()))!;
        List<int> order = [];
        List<FencingToken> tokens = [first.Term.FencingToken];
        Task[] callers = [.. Enumerable.Range(0, 20).Select(i => TakeTurnAsync(i))];

        await first.DisposeAsync();
        await Task.WhenAll(callers).WaitAsync(Signal.Patience);

        Assert.Equal(Enumerable.Range(0, 20), order);
        Assert.Equal(tokens.Order(), tokens);
        Assert.Equal(tokens.Distinct(), tokens);

        async Task TakeTurnAsync(int caller)
        {
            await using HeldLease? held = await process.WaitAsync();
            order.Add(caller); // Nobody else does, as long as the lease is held.
            tokens.Add(held!.Term.FencingToken);
        }
    }

    [Fact]
    public async Task Callers_OfManyProcesses_NeverHoldItAtOnce()
    {
        int holders = 0;
        List<FencingToken> tokens = [];
        BrokerProcess[] processes = [.. Enumerable.Range(0, 4).Select(i => NewProcess("p" + i))];

        var all = Task.WhenAll(processes.SelectMany(process => Enumerable.Range(0, 5).Select(_ => HoldAsync(process))));
        await AdvanceUntilAsync(() => all.IsCompleted, when: () => Server.Holder is null); // Who was slower twice in a row pauses.
        await all;

        Assert.Equal(20, tokens.Count);
        Assert.Equal(tokens.Order(), tokens);
        Assert.Null(Server.Holder);

        async Task HoldAsync(BrokerProcess process)
        {
            await using HeldLease? held = await process.WaitAsync();
            Assert.Equal(1, Interlocked.Increment(ref holders));
            tokens.Add(held!.Term.FencingToken);
            await Task.Yield();
            Assert.Equal(0, Interlocked.Decrement(ref holders));
        }
    }

    [Fact]
    public async Task Waiting_TimeIsUpInTheQueue_IsNull_AndTheNextHasItsTurn()
    {
        BrokerProcess process = NewProcess();
        HeldLease first = (await SoonAsync(process.TryAsync()))!;
        Task<HeldLease?> impatient = process.TryAsync(timeout: TimeSpan.FromSeconds(1));
        Task<HeldLease?> patient = process.WaitAsync();
        await Time.WaitForTimerAsync(TimeSpan.FromSeconds(1));

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await SoonAsync(impatient));
        await first.DisposeAsync();
        await using HeldLease? held = await SoonAsync(patient);
        Assert.True(held!.Term.IsHeld);
    }

    [Fact]
    public async Task Waiting_CancelledInTheQueue_Throws_AndTheNextHasItsTurn()
    {
        BrokerProcess process = NewProcess();
        HeldLease first = (await SoonAsync(process.TryAsync()))!;
        using var cancelled = new CancellationTokenSource();
        Task<HeldLease?> impatient = process.WaitAsync(cancellationToken: cancelled.Token);
        Task<HeldLease?> patient = process.WaitAsync();

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SoonAsync(impatient));
        await first.DisposeAsync();
        await using HeldLease? held = await SoonAsync(patient);
        Assert.True(held!.Term.IsHeld);
    }

    [Fact]
    public async Task OtherLeases_AreNoConcernOfThisOne()
    {
        BrokerProcess process = NewProcess();
        await using HeldLease? a = await SoonAsync(process.TryAsync("a"));
        await using HeldLease? b = await SoonAsync(process.TryAsync("b"));

        Assert.True(a!.Term.IsHeld);
        Assert.True(b!.Term.IsHeld);
    }

    [Fact]
    public async Task Memory_OfLeasesThatWereGivenUp_IsBounded_AndAtTheCostOfNoneThatOthersHold()
    {
        BrokerProcess process = NewProcess();
        HoldBySomebodyElse();
        Assert.Null(await SoonAsync(process.TryAsync()));
        for (int i = 0; i < 1_100; i++)
            await (await SoonAsync(process.TryAsync("lease-" + i)))!.DisposeAsync();
        await UntilRememberedAsync(process, 1_001);
        Time.Advance(LeaseDuration);

        await using HeldLease? held = await SoonAsync(process.TryAsync());

        Assert.NotNull(held);
    }

    [Fact]
    public async Task Memory_OfALeaseThatWasGivenUp_VersionsGoBack_HasNoToken()
    {
        BrokerProcess process = NewProcess();
        await using (HeldLease? first = await SoonAsync(process.TryAsync()))
            Assert.True(first!.Term.FencingToken.Value > 0);

        Server.Restore(version: 50);

        await using HeldLease? second = await SoonAsync(process.TryAsync());
        Assert.True(second!.Term.IsHeld);
        Assert.Throws<InvalidOperationException>(() => second.Term.FencingToken);
    }

    [Fact]
    public async Task Memory_OfLeasesThatOthersHold_IsBounded()
    {
        BrokerProcess process = NewProcess();
        for (int i = 0; i < 1_100; i++)
        {
            ServerOf("lease-" + i).Edit(record => record with { HolderIdentity = "other", LeaseDurationSeconds = 15 });
            Assert.Null(await SoonAsync(process.TryAsync("lease-" + i)));
        }

        await UntilRememberedAsync(process, 1_000);
    }

    /// <summary>The last line is left a moment after its caller has his answer.</summary>
    private static async Task UntilRememberedAsync(BrokerProcess process, int leases)
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        while (process.Broker.Remembered > leases)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        Assert.Equal(leases, process.Broker.Remembered);
    }
}
