using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>Lead, lose, assert: what a test of an app is made of.</summary>
public sealed class FakeLeaderElectionTests(ITestOutputHelper output)
{
    /// <summary>
    /// Time may pass a little, where the machine keeps the app from answering at once. This is less than a lease, and less than the three
    /// retry periods after which an app that has stepped down would lead again by itself.
    /// </summary>
    private static readonly TimeSpan ALittle = TimeSpan.FromSeconds(5);

    private readonly FencedResource _resource = new() { Patience = Signal.Patience };

    [Fact]
    public async Task Start_NobodyHasSaidAnything_AnotherReplicaLeads()
    {
        await using FakeReplica replica = await FakeReplica.StartAsync(new FencedWork(_resource));

        await replica.Fake.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.False(replica.Election.IsLeader);
        Assert.Equal(FakeLeaderElection.AnotherReplica, replica.Election.Status.HolderIdentity);
        Assert.Equal(LeaderElectionState.Standby, replica.Election.Status.State);
    }

    [Fact]
    public async Task LeadAsync_Standby_LeadsAtOnceByTheClockOfTheTest()
    {
        var work = new FencedWork(_resource);
        await using FakeReplica replica = await FakeReplica.StartAsync(work);
        DateTimeOffset now = replica.Fake.Time.GetUtcNow();

        LeadershipTerm term = await replica.Fake.LeadAsync();
        await _resource.UsedAsync().WaitAsync(Signal.Patience);

        Assert.True(term.IsHeld);
        Assert.Same(term, replica.Election.Term);
        Assert.InRange(replica.Fake.Time.GetUtcNow() - now, TimeSpan.Zero, ALittle);
        Assert.InRange(term.AcquiredAt, now, replica.Fake.Time.GetUtcNow());
        Assert.Equal(replica.Election.Identity, replica.Fake.Leases.HolderOf("app"));
        Assert.Equal(1, work.Running);
    }

    [Fact]
    public async Task LeadAsync_LeadsAlready_GivesThePresentTerm()
    {
        await using FakeReplica replica = await FakeReplica.StartAsync(new FencedWork(_resource));

        Assert.Same(await replica.Fake.LeadAsync(), await replica.Fake.LeadAsync());
    }

    [Theory]
    [InlineData(LeadershipLoss.OtherHolder)]
    [InlineData(LeadershipLoss.LeaseDeleted)]
    [InlineData(LeadershipLoss.HolderCleared)]
    [InlineData(LeadershipLoss.IdentityInUse)]
    [InlineData(LeadershipLoss.DeadlinePassed)]
    public async Task LoseAsync_ForEachReason_WorkHasEndedAndAnotherLeads(LeadershipLoss reason)
    {
        var work = new FencedWork(_resource);
        var log = new Reasons();
        await using FakeReplica replica = await FakeReplica.StartAsync(work, log: log);
        LeadershipTerm term = await replica.Fake.LeadAsync();
        await _resource.UsedAsync().WaitAsync(Signal.Patience);

        await replica.Fake.LoseAsync(reason);

        Assert.Equal([reason.ToString()], log.Lost);
        Assert.False(term.IsHeld);
        Assert.True(term.Lost.IsCancellationRequested);
        Assert.Equal(0, work.Running);
        Assert.False(replica.Election.IsLeader);
        Assert.Equal(FakeLeaderElection.AnotherReplica, replica.Election.Status.HolderIdentity);
        Assert.Null(replica.Election.Status.LastError);
        LeadershipTerm next = await replica.Fake.LeadAsync();
        Assert.True(next.FencingToken > term.FencingToken);
    }

    [Fact]
    public async Task EndangerAsync_Leading_TokenHasFired_AndTheTermIsHeldAndRecovers()
    {
        await using FakeReplica replica = await FakeReplica.StartAsync(new FencedWork(_resource));
        LeadershipTerm term = await replica.Fake.LeadAsync();
        CancellationToken danger = term.InDanger;

        await replica.Fake.EndangerAsync();
        Assert.True(danger.IsCancellationRequested);
        Assert.True(term.IsHeld);
        Assert.True(term.InDanger.IsCancellationRequested);

        await replica.Fake.AdvanceAsync(TimeSpan.FromSeconds(4));
        Assert.False(term.InDanger.IsCancellationRequested);
        Assert.Same(term, replica.Election.Term);
        Assert.True(term.IsHeld);

        await replica.Fake.EndangerAsync();
        await replica.Fake.LoseAsync(LeadershipLoss.DeadlinePassed);
        Assert.False(term.IsHeld);
    }

    [Fact]
    public async Task EndangerAsync_DoesNotLead_IsRefused()
    {
        await using FakeReplica replica = await FakeReplica.StartAsync(new FencedWork(_resource));

        await Assert.ThrowsAsync<InvalidOperationException>(() => replica.Fake.EndangerAsync());
    }

    [Fact]
    public async Task PreparedAsync_WorkPreparesItself_EndsWhenItHas_AndSaysWhyNot()
    {
        var ready = new TaskCompletionSource();
        HostApplicationBuilder builder = FakeReplica.NewBuilder();
        builder.Services.AddLeaderElection(options => options.LeaseName = "app").AddWork(
            (_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token), (_, token) => ready.Task.WaitAsync(token));
        await using FakeReplica replica = await FakeReplica.StartAsync(builder, builder.Services.AddFakeLeaderElection());
        replica.Fake.Patience = TimeSpan.FromSeconds(0.2);

        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(() => replica.Fake.PreparedAsync());
        Assert.Contains("its PrepareAsync still runs or has failed", failure.Message, StringComparison.Ordinal);
        replica.Fake.Patience = Signal.Patience;
        ready.SetResult();
        await replica.Fake.PreparedAsync();

        Assert.True(replica.Election.Status.IsPrepared);
        Assert.False(replica.Election.IsLeader);
    }

    [Fact]
    public async Task LoseAsync_WorkIgnoresItsToken_FailsAndSaysWhatToDo()
    {
        var work = new FencedWork(_resource) { Obeys = false };
        await using FakeReplica replica = await FakeReplica.StartAsync(work);
        await replica.Fake.LeadAsync();
        await _resource.UsedAsync().WaitAsync(Signal.Patience);
        replica.Fake.Patience = TimeSpan.FromSeconds(0.2); // Not before: to lead may take longer on a slow machine.

        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(() => replica.Fake.LoseAsync());

        Assert.Contains("lease default/app", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ignores its token. Pass stoppingToken on", failure.Message, StringComparison.Ordinal);
        work.End();
    }

    /// <summary>The test is told and may go on: the host is not cut off any more.</summary>
    [Fact]
    public async Task LoseAsync_DeadlinePassesAndWorkIgnoresItsToken_FailsAndMayLeadAgain()
    {
        var work = new FencedWork(_resource) { Obeys = false };
        await using FakeReplica replica = await FakeReplica.StartAsync(work);
        LeadershipTerm term = await replica.Fake.LeadAsync();
        await _resource.UsedAsync().WaitAsync(Signal.Patience);
        replica.Fake.Patience = TimeSpan.FromSeconds(0.2);

        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(
            () => replica.Fake.LoseAsync(LeadershipLoss.DeadlinePassed));

        Assert.Contains("ignores its token. Pass stoppingToken on", failure.Message, StringComparison.Ordinal);
        replica.Fake.Patience = Signal.Patience;
        work.End();
        Assert.True((await replica.Fake.LeadAsync()).FencingToken > term.FencingToken);
    }

    /// <summary>Whatever the app's log leaves out.</summary>
    [Fact]
    public async Task LoseAsync_OneOfTwoPiecesIgnoresItsToken_IsNamed()
    {
        var idle = new FencedWork(_resource) { Obeys = false };
        HostApplicationBuilder builder = FakeReplica.NewBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(idle).AddLeaderElection(options => options.LeaseName = "app")
            .AddWork<Mailer>().AddWork<Importer>();
        await using FakeReplica replica = await FakeReplica.StartAsync(builder, builder.Services.AddFakeLeaderElection());
        await replica.Fake.LeadAsync();
        await _resource.UsedAsync().WaitAsync(Signal.Patience);
        replica.Fake.Patience = TimeSpan.FromSeconds(1);

        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(() => replica.Fake.LoseAsync());

        Assert.Contains("Importer ignores its token.", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Mailer", failure.Message, StringComparison.Ordinal);
        idle.End();
    }

    [Fact]
    public async Task LoseAsync_DoesNotLead_IsRefused()
    {
        await using FakeReplica replica = await FakeReplica.StartAsync(new FencedWork(_resource));

        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => replica.Fake.LoseAsync());

        Assert.Contains("Call LeadAsync() first", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StepDownAsync_Leads_WorkHasEndedAndTheLeaseIsFree()
    {
        var work = new FencedWork(_resource);
        await using FakeReplica replica = await FakeReplica.StartAsync(work);
        await replica.Fake.LeadAsync();
        await _resource.UsedAsync().WaitAsync(Signal.Patience);

        await replica.Fake.StepDownAsync();

        Assert.Equal(0, work.Running);
        Assert.Null(replica.Fake.Leases.HolderOf("app"));
        DateTimeOffset now = replica.Fake.Time.GetUtcNow();
        Assert.True((await replica.Fake.LeadAsync()).IsHeld);
        Assert.InRange(replica.Fake.Time.GetUtcNow() - now, TimeSpan.Zero, ALittle);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StepDownAsync_NoAnswerToTheRelease_EndsWhenTheAppTriesNoLonger(bool isSwallowed)
    {
        var work = new FencedWork(_resource);
        await using FakeReplica replica = await FakeReplica.StartAsync(work);
        await replica.Fake.LeadAsync();
        await _resource.UsedAsync();
        DateTimeOffset before = replica.Fake.Time.GetUtcNow();
        replica.Fake.Inject(isSwallowed ? LeaseFault.NoAnswer : LeaseFault.NoConnection);

        await replica.Fake.StepDownAsync();

        Assert.Equal(0, work.Running);
        Assert.False(replica.Election.IsLeader);
        Assert.Equal(replica.Election.Identity, replica.Fake.Leases.HolderOf("app"));
        Assert.InRange(replica.Fake.Time.GetUtcNow() - before, TimeSpan.FromSeconds(1), new LeaderElectionOptions().RenewDeadline);
        replica.Fake.Heal();
    }

    [Fact]
    public async Task HolderIsAsync_StandbyOrLeader_IsWhomTheAppSees()
    {
        var work = new FencedWork(_resource);
        await using FakeReplica replica = await FakeReplica.StartAsync(work);

        await replica.Fake.HolderIsAsync("pod-7");
        Assert.Equal("pod-7", replica.Election.Status.HolderIdentity);
        await replica.Fake.LeadAsync();
        await _resource.UsedAsync().WaitAsync(Signal.Patience);
        await replica.Fake.HolderIsAsync("pod-8");

        Assert.Equal("pod-8", replica.Election.Status.HolderIdentity);
        Assert.Equal(0, work.Running);
    }

    [Fact]
    public async Task LeadAsync_WorkHasFailed_LetsThePausePass()
    {
        int starts = 0;
        var mayFail = new TaskCompletionSource();
        await using FakeReplica replica = await FakeReplica.StartAsync(async (_, _, token) =>
        {
            if (Interlocked.Increment(ref starts) > 1)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            await mayFail.Task;
            throw new InvalidOperationException("of the test");
        });
        await replica.Fake.LeadAsync();
        mayFail.SetResult(); // Not before: it would be leading for the second time by now, and never stand by any more.
        await foreach (LeaderElectionStatus status in replica.Election.WatchAsync())
        {
            if (status.State == LeaderElectionState.Standby)
                break;
        }

        DateTimeOffset failed = replica.Fake.Time.GetUtcNow();
        Assert.True((await replica.Fake.LeadAsync()).IsHeld);

        Assert.InRange(replica.Fake.Time.GetUtcNow() - failed, TimeSpan.FromSeconds(0.5), ALittle);
    }

    [Fact]
    public async Task LeadAsync_NoConnection_FailsAndSaysWhy()
    {
        await using FakeReplica replica = await FakeReplica.StartAsync(new FencedWork(_resource));
        replica.Fake.Inject(LeaseFault.NoConnection);
        await replica.Fake.AdvanceAsync(TimeSpan.FromSeconds(1)); // After it the app need not wait for the clock to find its watch cut.
        using var patience = new CancellationTokenSource(Signal.Patience);
        await foreach (LeaderElectionStatus status in replica.Election.WatchAsync(patience.Token))
        {
            if (status.LastError is not null)
                break;
        }

        replica.Fake.Patience = TimeSpan.FromSeconds(0.5);

        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(() => replica.Fake.LeadAsync());

        Assert.Contains("did not become leader", failure.Message, StringComparison.Ordinal);
        Assert.Contains("The test lets no connection be made", failure.Message, StringComparison.Ordinal);
        replica.Fake.Heal();
    }

    [Fact]
    public void Election_HostNotStarted_SaysSo()
    {
        var builder = FakeReplica.NewBuilder();
        builder.Services.AddLeaderElection();

        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(
            () => builder.Services.AddFakeLeaderElection().Election);

        Assert.Contains("has not been started: start it first", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnHour_Leads_OneTermAndRenewedThroughout()
    {
        await using FakeReplica replica = await FakeReplica.StartAsync(new FencedWork(_resource));
        LeadershipTerm term = await replica.Fake.LeadAsync();

        await replica.Fake.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Same(term, replica.Election.Term);
        Assert.True(term.IsHeld);
        Assert.InRange(term.TimeLeft, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)); // At the worst it is about to be renewed.
    }

    [Fact]
    public async Task AHundredTerms_LeadAndLose_WaitForNoLease()
    {
        await using FakeReplica replica = await FakeReplica.StartAsync(new FencedWork(_resource));
        DateTimeOffset began = replica.Fake.Time.GetUtcNow();

        long since = TimeProvider.System.GetTimestamp();

        for (int i = 0; i < 100; i++)
        {
            await replica.Fake.LeadAsync();
            await replica.Fake.LoseAsync();
        }

        output.WriteLine($"100 terms in {TimeProvider.System.GetElapsedTime(since).TotalMilliseconds:0} ms");

        // Time passes a little now and then; but no lease has had to run out.
        Assert.InRange(replica.Fake.Time.GetUtcNow() - began, TimeSpan.Zero, new LeaderElectionOptions().LeaseDuration);
        _resource.Verify();
    }

    private sealed class Mailer : ILeaderWork
    {
        private readonly FencedWork _work = new(new FencedResource());

        public Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken) => _work.RunAsync(term, stoppingToken);
    }

    private sealed class Importer(FencedWork work) : ILeaderWork
    {
        public Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken) => work.RunAsync(term, stoppingToken);
    }
}
