using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Logging;
using LeaseElection.Testing.Telemetry;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>What work and operator are told when renewals fail: the deadline is 10 s, and a renewal falls due after 3.</summary>
public sealed class TermInDangerTests : HostTest
{
    private readonly ElectionHost _host;

    public TermInDangerTests()
    {
        _host = NewHost();
        _host.AddElection().AddWork(Work.RunAsync);
    }

    [Fact]
    public async Task RenewalFails_HalfOfTheTimeIsGone_WorkAndOperatorAreTold_UntilOneSucceeds()
    {
        using var recorder = new MeasurementRecorder(_host.Host.Services);
        LeadershipTerm term = await _host.StartAndLeadAsync();
        CancellationToken danger = term.InDanger;
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = danger.Register(fired.SetResult);

        await FailAsync(seconds: 3);
        Assert.False(danger.IsCancellationRequested);
        Time.Advance(TimeSpan.FromSeconds(2));

        await fired.Task.WaitAsync(Signal.Patience);
        LogEntry entry = await _host.Logs.WaitForAsync("TermInDanger");
        Assert.Equal((LogLevel.Warning, 880), (entry.Level, entry.Id.Id));
        Assert.Contains("it ends in 5 s unless a renewal succeeds", entry.Message, StringComparison.Ordinal);
        await recorder.UntilAsync("leader_election.term.dangers", 1);
        Assert.True(term.IsHeld);
        Assert.False(term.Lost.IsCancellationRequested);

        await _host.Logs.WaitForAsync("RenewalFailedAgain"); // The request that was under way.
        _host.Store.All(FakeFault.None);
        Time.Advance(TimeSpan.FromSeconds(2));
        await _host.Logs.WaitForAsync("Renewed");
        Assert.False(term.InDanger.IsCancellationRequested);
        Assert.Same(term, _host.Election.Term);
    }

    [Fact]
    public async Task CallbackBlocks_TheLeaseIsRenewedAllTheSame()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration blocking = term.InDanger.UnsafeRegister(
            _ =>
            {
                entered.SetResult();
                release.Wait();
            },
            null);

        await FailAsync(seconds: 5);
        await entered.Task.WaitAsync(Signal.Patience);
        _host.Store.All(FakeFault.None);
        Time.Advance(TimeSpan.FromSeconds(2));
        await _host.Logs.WaitForAsync("Renewed");

        Assert.True(term.IsHeld);
        release.Set();
    }

    [Fact]
    public async Task CallbackThrows_IsToldAndTheTermGoesOn()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        using CancellationTokenRegistration throwing = term.InDanger.Register(() => throw new InvalidOperationException("disk full"));

        await FailAsync(seconds: 5);

        LogEntry entry = await _host.Logs.WaitForAsync("DangerCallbackFailed");
        Assert.Equal((LogLevel.Warning, 881), (entry.Level, entry.Id.Id));
        Assert.Equal("disk full", entry.Exception?.InnerException?.Message);
        Assert.True(term.IsHeld);
    }

    /// <summary>Time passes at once, and then a renewal fails, and those after it.</summary>
    private async Task FailAsync(int seconds)
    {
        _host.Store.All(FakeFault.Fail);
        Time.Advance(TimeSpan.FromSeconds(seconds));
        await _host.Logs.WaitForAsync("RenewalFailed");
    }
}
