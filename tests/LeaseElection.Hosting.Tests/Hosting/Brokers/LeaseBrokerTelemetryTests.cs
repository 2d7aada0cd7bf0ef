using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Telemetry;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests.Brokers;

/// <summary>What a broker measures and logs, and that neither has the names of leases where there may be a million of them.</summary>
public sealed class LeaseBrokerTelemetryTests : BrokerTest, IDisposable
{
    private const string Acquisitions = "lease_broker.acquisition.duration", Held = "lease_broker.held",
    Holds = "lease_broker.hold.duration",
        Losses = "lease_broker.losses";

    private readonly BrokerProcess _process;
    private readonly MeasurementRecorder _recorder;

    public LeaseBrokerTelemetryTests()
    {
        _process = NewProcess();
        _recorder = new MeasurementRecorder(_process.Services);
    }

    public void Dispose() => _recorder.Dispose();

    [Fact]
    public async Task Acquisitions_AreCountedByOutcome()
    {
        await using (await SoonAsync(_process.TryAsync("a")))
            Assert.Null(await SoonAsync(_process.TryAsync("a")));
        _process.StoreOf("b").All(FakeFault.Fail);
        await Assert.ThrowsAsync<LeaseStoreException>(() => SoonAsync(_process.TryAsync("b")));
        HoldBySomebodyElse();
        using var cancelled = new CancellationTokenSource();
        Task<HeldLease?> waiting = _process.WaitAsync(cancellationToken: cancelled.Token);
        await Server.UntilAsync(server => server.OpenWatches == 1);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SoonAsync(waiting));

        Assert.Equal(
            ["acquired", "not_acquired", "failed", "cancelled"],
            _recorder.Of(Acquisitions).Select(measured => measured["lease_broker.outcome"]));
        Assert.Equal([1, -1], _recorder.Of(Held).Select(measured => measured.Value));
    }

    [Fact]
    public async Task Hold_IsMeasuredUntilItIsLost_Once()
    {
        await using (HeldLease? held = await SoonAsync(_process.TryAsync()))
        {
            HoldBySomebodyElse();
            Time.Advance(TimeSpan.FromSeconds(3));
            await _recorder.UntilAsync(Losses, 1);
            Time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(3, Assert.Single(_recorder.Of(Holds)).Value);
        Assert.Equal("other_holder", Assert.Single(_recorder.Of(Losses))["leader_election.reason"]);
        Assert.Equal([1, -1], _recorder.Of(Held).Select(measured => measured.Value));
    }

    [Fact]
    public async Task Measurements_HaveTheNameOfTheBrokerAndOfNoLease()
    {
        await Hold_IsMeasuredUntilItIsLost_Once();

        Assert.All(_recorder.All, measured => Assert.Equal(BrokerProcess.Section, measured["lease_broker.name"]));
        Assert.DoesNotContain(
            _recorder.All, measured => measured.Tags.Keys.Any(tag => tag.Contains("lease.name", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task InstrumentTable_IsWhatABrokerHas()
    {
        await using HeldLease? held = await SoonAsync(_process.TryAsync());

        Assert.Equal(
            _recorder.Instruments.Select(one => (one.Name, $"{one.GetType().Name.Split('`')[0]}, `{one.Unit}`", one.Description!)).Order(),
            MarkdownTable.Rows("observability.md", "instrument of a broker").Select(row => (row[0].Trim('`'), row[1], row[3])).Order());
    }

    [Fact]
    public async Task Lease_TakenAndGivenUp_IsToldAtDebug()
    {
        await using (await SoonAsync(_process.TryAsync()))
            Assert.Null(await SoonAsync(_process.TryAsync()));

        Assert.NotEmpty(_process.Logs.Named("BecameLeader"));
        Assert.All(_process.Logs.Entries, entry => Assert.Equal(LogLevel.Debug, entry.Level));
    }

    [Fact]
    public async Task LostLease_NotDisposedOf_IsToldWhenAnotherMayHoldIt()
    {
        await using HeldLease? held = await SoonAsync(_process.TryAsync());
        HoldBySomebodyElse();
        Time.Advance(TimeSpan.FromSeconds(3));
        await _process.Logs.WaitForAsync("LeadershipLost");

        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(LogLevel.Warning, (await _process.Logs.WaitForAsync("LostLeaseInUse")).Level);
        Assert.DoesNotContain(_process.Logs.Entries, entry => entry.Level > LogLevel.Warning);
    }
}
