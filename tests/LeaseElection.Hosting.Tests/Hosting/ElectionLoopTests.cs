using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>What a term goes through, from the write that begins it to the end of its work.</summary>
public sealed class ElectionLoopTests : HostTest
{
    private static readonly TimeSpan RenewDeadline = TimeSpan.FromSeconds(10);

    private readonly ElectionHost _host;

    public ElectionLoopTests()
    {
        _host = NewHost();
        _host.AddElection().AddWork(Work.RunAsync);
    }

    [Fact]
    public async Task Term_WorkStarts_FindsItselfLeading()
    {
        (bool IsLeader, bool IsHeld, LeadershipTerm? Term) seen = default;
        _host.AddElection().AddWork((_, term, _) =>
        {
            seen = (_host.Election.IsLeader, term.IsHeld, _host.Election.Term);
            return Task.CompletedTask;
        });

        await _host.StartAsync();
        await _host.Logs.WaitForAsync("WorkReturned");

        Assert.Equal((true, true, _host.Election.Term), seen);
    }

    [Fact]
    public async Task Term_StoreFailsUntilTheDeadline_WorkStopsAndAnotherTermFollows()
    {
        LeadershipTerm first = await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        _host.Store.All(FakeFault.Fail);
        Time.Advance(RenewDeadline);
        await Work.StoppedAsync();
        await _host.Logs.WaitForAsync("LeadershipLost");
        Assert.False(first.IsHeld);

        await _host.Logs.WaitForAsync("StoreFailed");
        _host.Store.All(FakeFault.None);
        Time.Advance(TimeSpan.FromSeconds(2));
        await Work.StartedAsync(2);
        LeadershipTerm second = await _host.LeadAsync();

        Assert.True(second.FencingToken > first.FencingToken);
        Assert.Equal(1, Work.MostAtOnce);
    }

    [Fact]
    public async Task Term_OtherHolder_EndsAtOnce()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Server.Edit(record => record with { HolderIdentity = "other" });
        await Work.StoppedAsync();

        Assert.False(term.IsHeld);
        await _host.UntilStateAsync(LeaderElectionState.Standby);
        Assert.Equal("other", _host.Election.Status.HolderIdentity);
    }

    [Fact]
    public async Task Renewals_Fail_FirstIsAWarningAndTheOthersAreNot()
    {
        await _host.StartAndLeadAsync();
        _host.Store.All(FakeFault.Fail);

        Time.Advance(TimeSpan.FromSeconds(3));
        await _host.Logs.WaitForAsync("RenewalFailed");
        Time.Advance(TimeSpan.FromSeconds(1));
        await _host.Logs.WaitForAsync("RenewalFailedAgain");
        _host.Store.All(FakeFault.None);
        Time.Advance(TimeSpan.FromSeconds(2));
        await _host.Logs.WaitForAsync("StoreRecovered");

        Assert.Equal(LogLevel.Warning, Assert.Single(_host.Logs.Named("RenewalFailed")).Level);
        Assert.All(_host.Logs.Named("RenewalFailedAgain"), entry => Assert.Equal(LogLevel.Debug, entry.Level));
        Assert.All(_host.Logs.Named("Renewed"), entry => Assert.Equal(LogLevel.Debug, entry.Level));
        Assert.Equal(LogLevel.Information, Assert.Single(_host.Logs.Named("BecameLeader")).Level);
        Assert.True(_host.Election.IsLeader);
    }

    [Fact]
    public async Task Store_HasABug_IsAFailedRequestAndTheElectionGoesOn()
    {
        _host.Store.Next(FakeFault.Throw);
        await _host.StartAsync();
        await _host.Logs.WaitForAsync("StoreFailed");

        Time.Advance(TimeSpan.FromSeconds(1));
        await Work.StartedAsync();

        Assert.Equal(LogLevel.Error, Assert.Single(_host.Logs.Named("StoreThrew")).Level);
    }

    [Fact]
    public async Task Watch_ClosedOrDenied_ElectionGoesOn()
    {
        await _host.StartAndLeadAsync();
        await Server.UntilAsync(server => server.OpenWatches == 1);

        Server.DenyWatches();
        Server.CloseWatches(new LeaseStoreError(LeaseStoreErrorKind.Network, "Reset."));
        await _host.Logs.WaitForAsync("WatchLost");
        await RenewAsync();
        await _host.Logs.WaitForAsync("WatchDenied");
        for (int i = 0; i < 21; i++)
            await RenewAsync();
        Server.DenyWatches(deny: false);

        // A minute after the last was denied, which may have been noticed some renewals later than it was asked for.
        for (int i = 0; i < 42 && Server.OpenWatches == 0; i++)
            await RenewAsync();
        await Server.UntilAsync(server => server.OpenWatches == 1);

        Assert.True(_host.Election.IsLeader);
        Assert.Single(_host.Logs.Named("WatchDenied"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Logging_Throws_ElectionAndWorkGoOn(bool always)
    {
        using var provider = new ThrowingLoggerProvider { ThrowsAlways = always };
        ElectionHost host = NewHost("other");
        host.Services.Insert(0, ServiceDescriptor.Singleton<ILoggerProvider>(provider)); // Whether it is enabled is asked of the first.
        host.AddElection().AddWork(Work.RunAsync);

        await host.StartAndLeadAsync();
        await Work.StartedAsync();
        Assert.NotEmpty(host.Logs.Named("BecameLeader"));
        await host.StopAsync();

        Assert.Null(Server.Holder);
        Assert.Equal((1, 1), (Work.Starts, Work.Stops));
    }
}
