using System.Net;
using LeaseElection.Hosting.Testing;
using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>Hosts with a schedule of every minute, from half a minute before three on.</summary>
public sealed class ScheduledWorkTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 28, 2, 59, 30, TimeSpan.Zero);
    private static readonly DateTimeOffset Three = new(2026, 11, 28, 3, 0, 0, TimeSpan.Zero);

    private readonly InMemoryLeases _leases = new(new FakeTimeProvider(Start));

    [Fact]
    public async Task Leader_RunsWhatIsDue_AndNotesItBefore()
    {
        await using ScheduledReplica replica = await ScheduledReplica.StartAsync(_leases, "a");
        await replica.LeadAsync();
        Assert.EndsWith(" no run yet", replica.Note, StringComparison.Ordinal);

        ScheduledRun first = await replica.ComesAsync();
        Assert.Equal((Three, null, 0, 0), (first.DueAt, first.PreviousDueAt, first.Missed, first.Failures));
        Assert.Equal("2026-11-28T03:00:00Z", replica.Note);
        Assert.True(first.Term.IsHeld);

        ScheduledRun second = await replica.ComesAsync();
        Assert.Equal((Three.AddMinutes(1), Three), (second.DueAt, second.PreviousDueAt));
    }

    [Fact]
    public async Task HandOver_NothingTwiceAndTheNextIsTheNewLeaders()
    {
        await using ScheduledReplica a = await ScheduledReplica.StartAsync(_leases, "a");
        await using ScheduledReplica b = await ScheduledReplica.StartAsync(_leases, "b");
        await a.LeadAsync();
        await a.ComesAsync();

        await a.StopAsync();
        ScheduledRun next = await b.ComesAsync();

        Assert.Equal((Three.AddMinutes(1), Three), (next.DueAt, next.PreviousDueAt));
        Assert.False(a.HasBegun(out _));
    }

    [Fact]
    public async Task NobodyLed_OneRunMakesUpForAll()
    {
        await using (ScheduledReplica a = await ScheduledReplica.StartAsync(_leases, "a"))
        {
            await a.LeadAsync();
            await a.ComesAsync();
        }

        await _leases.AdvanceAsync(TimeSpan.FromMinutes(5));
        await using ScheduledReplica b = await ScheduledReplica.StartAsync(_leases, "b");
        await b.Fake.LeadAsync();
        ScheduledRun run = await b.NextAsync();

        Assert.Equal((Three.AddMinutes(5), Three, 4), (run.DueAt, run.PreviousDueAt, run.Missed));
    }

    [Fact]
    public async Task NobodyLed_SkipLeavesOutAndSaysSo()
    {
        await using (ScheduledReplica a = await ScheduledReplica.StartAsync(_leases, "a"))
        {
            await a.LeadAsync();
            await a.ComesAsync();
        }

        await _leases.AdvanceAsync(TimeSpan.FromMinutes(5.5)); // Half a minute late.
        await using ScheduledReplica b = await ScheduledReplica.StartAsync(_leases, "b", schedule => schedule.Missed = MissedRuns.Skip);
        await b.Fake.LeadAsync();
        await b.UntilNotedAsync(note => note == "2026-11-28T03:05:00Z last run 2026-11-28T03:00:00Z");

        await b.Log.WaitForAsync("RunsLeftOut");
        ScheduledRun run = await b.ComesAsync();
        Assert.Equal((Three.AddMinutes(6), Three), (run.DueAt, run.PreviousDueAt));
    }

    [Fact]
    public async Task AtLeastOnce_RunThatFails_IsRepeatedAndNotedWhenItIsDone()
    {
        int failures = 2;
        await using ScheduledReplica replica = await ScheduledReplica.StartAsync(
            _leases, "a", schedule => schedule.Delivery = Delivery.AtLeastOnce,
            (_, _) => Interlocked.Decrement(ref failures) >= 0 ? throw new InvalidOperationException(
                "The printer is on fire.") : Task.CompletedTask);
        await replica.LeadAsync();

        Assert.Equal(0, (await replica.ComesAsync()).Failures);
        Assert.EndsWith(" no run yet", replica.Note, StringComparison.Ordinal);
        Assert.Equal(1, (await replica.ComesAsync()).Failures);
        Assert.Equal((Three, 2), (await replica.ComesAsync()) is var third ? (third.DueAt, third.Failures) : default);
        await replica.UntilNotedAsync(note => note == "2026-11-28T03:00:00Z");
        Assert.Equal(2, replica.Log.Named("RunFailed").Count);
    }

    [Fact]
    public async Task AtMostOnce_RunThatFails_IsNotRepeatedAndTheScheduleGoesOn()
    {
        await using ScheduledReplica replica = await ScheduledReplica.StartAsync(
            _leases, "a", work: (_, _) => throw new InvalidOperationException("The printer is on fire."));
        await replica.LeadAsync();
        LeadershipTerm term = replica.Fake.Election.Term!;

        await replica.ComesAsync();
        ScheduledRun next = await replica.ComesAsync();

        Assert.Equal(Three.AddMinutes(1), next.DueAt);
        Assert.Same(term, replica.Fake.Election.Term);
    }

    [Fact]
    public async Task LongRun_DoesNotOverlapWithItself_AndTheNextMakesUpForWhatCameDue()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScheduledReplica replica = await ScheduledReplica.StartAsync(
            _leases, "a", work: (run, token) => run.DueAt == Three ? end.Task.WaitAsync(token) : Task.CompletedTask);
        await replica.LeadAsync();
        await replica.ComesAsync();

        await _leases.AdvanceAsync(TimeSpan.FromMinutes(3));
        Assert.False(replica.HasBegun(out _));
        end.SetResult();
        ScheduledRun next = await replica.NextAsync();

        Assert.Equal((Three.AddMinutes(3), 2), (next.DueAt, next.Missed));
    }

    [Fact]
    public async Task TermEnds_RunIsToldToStop_AndIsNotRepeatedByTheNext()
    {
        await using ScheduledReplica a = await ScheduledReplica.StartAsync(
            _leases, "a", work: (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));
        await using ScheduledReplica b = await ScheduledReplica.StartAsync(_leases, "b");
        await a.LeadAsync();
        await a.ComesAsync();

        await a.StopAsync();
        await b.Fake.Election.WaitForLeadershipAsync().WaitAsync(Signal.Patience);
        ScheduledRun next = await b.ComesAsync();

        Assert.Equal((Three.AddMinutes(1), Three), (next.DueAt, next.PreviousDueAt));
        Assert.Single(a.Log.Named("RunInterrupted"));
    }

    [Fact]
    public async Task NoteOfSomebodyElse_BeginsAnewAndSaysSo()
    {
        await using (ScheduledReplica a = await ScheduledReplica.StartAsync(_leases, "a"))
            await a.LeadAsync();
        _leases.Edit(
            "app", lease => lease["metadata"]!["annotations"]![$"note.leaseelection.dev/schedule.{ScheduledReplica.Name}"] = "soon");

        await using ScheduledReplica b = await ScheduledReplica.StartAsync(_leases, "b");
        await b.Fake.LeadAsync();
        await b.UntilNotedAsync(note => note.EndsWith(" no run yet", StringComparison.Ordinal));

        Assert.Contains("\"soon\"", (await b.Log.WaitForAsync("NoteUnreadable")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostStopsWhileARunIsNoted_NextLeaderRunsIt()
    {
        await using ScheduledReplica a = await ScheduledReplica.StartAsync(_leases, "a");
        await using ScheduledReplica b = await ScheduledReplica.StartAsync(_leases, "b");
        await a.LeadAsync();
        a.Fake.Patience = TimeSpan.FromSeconds(0.2); // Its work will not be done before the clock moves.
        a.Fake.Inject(LeaseFault.NoConnection, LeaseVerbs.Watch); // Which would bring the news before the reply does.
        a.Fake.Inject(LeaseFault.Latency(TimeSpan.FromSeconds(1)), LeaseVerbs.Update);
        await a.UntilNotedAsync(note => note == "2026-11-28T03:00:00Z", TimeSpan.FromSeconds(0.1)); // Its leader does not know yet.
        a.Fake.Heal();
        LeadershipTerm term = a.Fake.Election.Term!;

        Task stopping = a.StopAsync();
        await term.Lost.FiredAsync(); // On a thread of its own; a run that is noted before it is told to stop begins, and rightly so.
        ScheduledRun run = await b.ComesAsync();

        await stopping;
        Assert.Equal((Three, null), (run.DueAt, run.PreviousDueAt));
        Assert.False(a.HasBegun(out _));
    }

    [Fact]
    public async Task NoteRefused_NothingRuns_TheTermGoesOn_AndItIsTriedAgain()
    {
        await using ScheduledReplica replica = await ScheduledReplica.StartAsync(_leases, "a");
        await replica.LeadAsync();
        LeadershipTerm term = replica.Fake.Election.Term!;
        await _leases.AdvanceAsync(TimeSpan.FromSeconds(29));
        replica.Fake.Inject(LeaseFault.Refusal(HttpStatusCode.Forbidden), LeaseVerbs.Update, times: 2); // A renewal may be due just then.
        for (int i = 0; i < 10; i++)
            await _leases.AdvanceAsync(TimeSpan.FromSeconds(1));
        await replica.Log.WaitForAsync("NoteRefused");
        Assert.False(replica.HasBegun(out _));

        ScheduledRun run = await replica.ComesAsync();

        Assert.Same(term, run.Term);
        Assert.Equal((Three, 0), (run.DueAt, run.Missed));
    }

    [Fact]
    public async Task ElectionDisabled_RunsAllTheSame()
    {
        var time = new FakeTimeProvider(Start);
        var begun = new TaskCompletionSource<ScheduledRun>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddKeyedSingleton<TimeProvider>(LeaderElectionOptions.TimeProviderKey, time);
        builder.Services.AddLeaderElection(options => options.Enabled = false).AddScheduledWork("* * * * *", (_, run, _) =>
        {
            begun.TrySetResult(run);
            return Task.CompletedTask;
        });
        using IHost host = builder.Build();
        await host.StartAsync();

        while (!begun.Task.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        Assert.True((await begun.Task).DueAt >= Three);
        await host.StopAsync();
    }
}
