using LeaseElection.Hosting.Brokers;
using LeaseElection.Testing;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests.Brokers;

/// <summary>What becomes of callers and of leases when their service provider goes.</summary>
public sealed class LeaseBrokerDisposeTests : BrokerTest
{
    [Fact]
    public async Task Waiting_IsToldSo()
    {
        BrokerProcess process = NewProcess();
        HoldBySomebodyElse();
        Task<HeldLease?> waiting = process.WaitAsync();
        Task<HeldLease?> behind = process.WaitAsync();
        await Server.UntilAsync(server => server.OpenWatches == 1);

        await process.DisposeAsync().AsTask().WaitAsync(Signal.Patience);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => SoonAsync(waiting));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => SoonAsync(behind));
    }

    [Fact]
    public async Task Held_IsToldToStop_AndReleasedWhenDisposedInTime()
    {
        BrokerProcess process = NewProcess();
        HeldLease held = (await SoonAsync(process.TryAsync()))!;
        using CancellationTokenRegistration registration = held.Term.Lost.Register(() => _ = held.DisposeAsync().AsTask());

        await process.DisposeAsync().AsTask().WaitAsync(Signal.Patience);

        Assert.Null(Server.Holder);
        Assert.Empty(process.Logs.Named("LeaseAbandoned"));
    }

    /// <summary>That is said of elections: whoever disposes of a lease gives it up.</summary>
    [Fact]
    public async Task Held_IsReleased_WhateverAllOptionsSayOfReleases()
    {
        BrokerProcess process = NewProcess(configureAll: options => options.ReleaseOnStop = false);
        HeldLease held = (await SoonAsync(process.TryAsync()))!;

        await held.DisposeAsync().AsTask().WaitAsync(Signal.Patience);

        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task Held_AndNotDisposedInTime_RunsOut()
    {
        BrokerProcess process = NewProcess();
        HeldLease held = (await SoonAsync(process.TryAsync()))!;

        Task disposing = process.DisposeAsync().AsTask();
        await AdvanceUntilAsync(() => disposing.IsCompleted);
        await disposing;
        await process.Logs.WaitForAsync("Stopped");
        int written = Server.Written.Count;
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.False(held.Term.IsHeld);
        await held.Term.Lost.FiredAsync();
        Assert.Equal(("me", written), (Server.Holder, Server.Written.Count));
        Assert.Equal(LogLevel.Warning, Assert.Single(process.Logs.Named("LeaseAbandoned")).Level);
        await held.DisposeAsync().AsTask().WaitAsync(Signal.Patience);
    }

    [Fact]
    public async Task Disposed_Synchronously_AbandonsWhatIsHeld()
    {
        BrokerProcess process = NewProcess();
        HeldLease held = (await SoonAsync(process.TryAsync()))!;

        process.Services.Dispose();

        Assert.Single(process.Logs.Named("LeaseAbandoned"));
        await process.Logs.WaitForAsync("Stopped");
        Assert.False(held.Term.IsHeld);
    }

    [Fact]
    public async Task Disposed_Synchronously_WhoOnlyWaitedIsToldSo_AndIsNotSaidToHaveAbandonedALease()
    {
        BrokerProcess process = NewProcess();
        HoldBySomebodyElse();
        Task<HeldLease?> waiting = process.WaitAsync();
        await Server.UntilAsync(server => server.OpenWatches == 1);

        process.Services.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => SoonAsync(waiting));
        Assert.Empty(process.Logs.Named("LeaseAbandoned"));
    }

    [Fact]
    public async Task TryAcquire_Disposed_IsRefused()
    {
        BrokerProcess process = NewProcess();
        LeaseBroker broker = process.Broker;
        await process.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await broker.TryAcquireAsync("a", TimeSpan.Zero));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Batch Processor")]
    [InlineData("a_b")]
    public async Task TryAcquire_NoNameOfALease_IsRefused(string name)
    {
        BrokerProcess process = NewProcess();

        ArgumentException thrown = await Assert.ThrowsAsync<ArgumentException>(() => process.TryAsync(name));

        Assert.Equal("leaseName", thrown.ParamName);
        Assert.Contains(
            $"\"{name}\" cannot be the name of a lease, which must be a lower-case RFC 1123 subdomain", thrown.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(int.MaxValue + 1L)]
    public async Task TryAcquire_NoTime_IsRefused(long milliseconds)
    {
        BrokerProcess process = NewProcess();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => process.TryAsync(timeout: TimeSpan.FromMilliseconds(milliseconds)));
    }
}
