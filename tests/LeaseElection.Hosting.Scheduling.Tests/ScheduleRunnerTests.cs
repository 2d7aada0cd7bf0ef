using LeaseElection.Hosting.Testing;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Logging;
using LeaseElection.Testing.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>
/// The schedules of one term, which the test holds in its hand: every hour, from ten past three on, when that of three is due.
/// </summary>
public sealed class ScheduleRunnerTests : IDisposable
{
    private const string AnHourAgo = "2026-11-28T02:00:00Z";
    private const string Three = "2026-11-28T03:00:00Z";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 28, 3, 10, 0, TimeSpan.Zero));
    private readonly LeadershipTermSource _source = LeadershipTerms.Create(leaseName: "app", leaseNamespace: "shop");
    private readonly ListLoggerProvider _log = new();
    private readonly ServiceCollection _services = new();
    private readonly LeaderElectionBuilder _election;
    private ServiceProvider? _provider;

    public ScheduleRunnerTests()
    {
        _services.AddMetrics().AddLogging(logging => logging.AddProvider(_log));
        _services.AddKeyedSingleton<TimeProvider>(LeaderElectionOptions.TimeProviderKey, _time);
        _election = _services.AddLeaderElection();
        _source.SetNote("schedule.books", AnHourAgo);
    }

    public void Dispose() => _provider?.Dispose();

    [Fact]
    public async Task AtLeastOnce_EndsWellWhileTheTermIsStopped_IsNoted()
    {
        Add("books", Delivery.AtLeastOnce, (_, _) =>
        {
            _source.Stop();
            return Task.CompletedTask;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync());

        Assert.Equal(Three, _source.Notes["schedule.books"]);
    }

    [Fact]
    public async Task AtLeastOnce_InterruptedByTheEndOfTheTerm_IsNotNoted()
    {
        Add("books", Delivery.AtLeastOnce, (_, token) =>
        {
            _source.Stop();
            return Task.FromCanceled(token);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync());

        Assert.Equal(AnHourAgo, _source.Notes["schedule.books"]);
        LogEntry told = Assert.Single(_log.Named("RunInterrupted"));
        Assert.Contains("it will be repeated", told.Message, StringComparison.Ordinal);
        Assert.Null(told.Exception); // It did as it was told.
    }

    /// <summary>As gRPC and SqlClient do, told to stop. More time to stop would be of no use to it.</summary>
    [Theory]
    [InlineData(Delivery.AtMostOnce, Three, "it is not repeated, being AtMostOnce. Where that matters choose AtLeastOnce")]
    [InlineData(Delivery.AtLeastOnce, AnHourAgo, "it will be repeated, being AtLeastOnce, so there is nothing to do")]
    public async Task StoppedRunThrowsSomethingElse_IsInterruptedAndNoFault(Delivery delivery, string noted, string whatThen)
    {
        Add("books", delivery, (_, _) =>
        {
            _source.Stop();
            return Task.FromException(new InvalidOperationException("Operation cancelled by user."));
        });
        using var recorder = new MeasurementRecorder(Provider);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync());

        Assert.Empty(_log.Named("RunFailed"));
        LogEntry told = Assert.Single(_log.Named("RunInterrupted"));
        Assert.StartsWith(
            "books, due at 2026-11-28T03:00:00.0000000+00:00, was cut off because its term ended, or was in doubt; "
            + whatThen + ". If that happens often, see the messages of the election for why its terms end. ",
            told.Message,
            StringComparison.Ordinal);
        Assert.Equal("Operation cancelled by user.", told.Exception?.Message);
        Assert.Equal("interrupted", Assert.Single(recorder.Of("leader_election.schedule.runs"))["leader_election.schedule.outcome"]);
        Assert.Equal(noted, _source.Notes["schedule.books"]);
    }

    /// <summary>As in a process that was frozen: nobody has told it yet.</summary>
    [Fact]
    public async Task RunSeesByItselfThatTheTermIsOver_IsInterruptedAndNoFault()
    {
        Add("books", Delivery.AtMostOnce, (run, _) =>
        {
            _source.Renew(TimeSpan.Zero);
            run.Term.ThrowIfLost();
            return Task.CompletedTask;
        });

        Task running = RunAsync();
        await _log.WaitForAsync("RunInterrupted");
        _source.Lose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Single(_log.Named("RunInterrupted"));
        Assert.Empty(_log.Named("RunFailed"));
    }

    /// <summary>A clock that was set puts the term in doubt until its next renewal: no reason to end all schedules and the term.</summary>
    [Fact]
    public async Task RunSeesATermInDoubt_ThatIsHeldAfterAll_IsRepeated()
    {
        int runs = 0;
        Add("books", Delivery.AtLeastOnce, (run, _) =>
        {
            if (++runs == 1)
            {
                _source.Renew(TimeSpan.Zero);
                run.Term.ThrowIfLost();
            }

            _source.Stop();
            return Task.CompletedTask;
        });

        Task running = RunAsync();
        await _log.WaitForAsync("RunInterrupted");
        _source.Renew(TimeSpan.FromHours(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LetTimePassAsync(running));
        Assert.Equal((2, Three), (runs, _source.Notes["schedule.books"]));
    }

    /// <summary>As in a process that was frozen: the next leader may have run what was due in its sleep.</summary>
    [Fact]
    public async Task AtLeastOnce_DueWhileTheTermIsInDoubt_BeginsWhenItIsHeldAgain()
    {
        bool wasHeld = false;
        Add("books", Delivery.AtLeastOnce, (run, _) =>
        {
            wasHeld = run.Term.IsHeld;
            _source.Stop();
            return Task.CompletedTask;
        });
        _source.Renew(TimeSpan.Zero);

        Task running = RunAsync();
        _source.Renew(TimeSpan.FromHours(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LetTimePassAsync(running));
        Assert.True(wasHeld);
    }

    /// <summary>Its own clock was ahead when it ran: nothing runs until then, also by this leader.</summary>
    [Fact]
    public async Task ClockIsSetBackAfterARun_NoteOfTheFutureIsTold()
    {
        Add("books", Delivery.AtMostOnce, (_, _) =>
        {
            _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromDays(1));
            return Task.CompletedTask;
        });

        Task running = RunAsync();
        string told = (await _log.WaitForAsync("NoteOfTheFuture")).Message;
        _source.Lose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Contains("books", told, StringComparison.Ordinal);
    }

    /// <summary>A run may compute for hours before it first awaits anything.</summary>
    [Fact]
    public async Task RunThatBlocksItsThread_HoldsNoOtherScheduleUp()
    {
        using var others = new SemaphoreSlim(0);
        Add("books", Delivery.AtLeastOnce, (_, _) =>
        {
            Assert.True(others.Wait(Signal.Patience, CancellationToken.None));
            _source.Lose();
            return Task.CompletedTask;
        });
        Add("mail", Delivery.AtMostOnce, (_, _) =>
        {
            others.Release();
            return Task.CompletedTask;
        });
        _source.SetNote("schedule.mail", AnHourAgo);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync());

        Assert.Empty(_log.Named("RunFailed"));
    }

    [Fact]
    public async Task Measured_WithTheNamesOfLeaseAndSchedule()
    {
        Add("books", Delivery.AtMostOnce, (_, _) =>
        {
            _source.Lose();
            return Task.CompletedTask;
        });
        _source.SetNote("schedule.books", "2026-11-28T00:00:00Z");
        using var recorder = new MeasurementRecorder(Provider);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync());

        Assert.Equal([600], recorder.Of("leader_election.schedule.lateness").Select(measured => measured.Value));
        Assert.Equal([2], recorder.Of("leader_election.schedule.missed").Select(measured => measured.Value));
        Measured run = Assert.Single(recorder.Of("leader_election.schedule.runs"));
        Assert.Equal(
            ("books", "app", "shop", "succeeded"),
            (run["leader_election.schedule.name"], run["leader_election.lease.name"], run["leader_election.lease.namespace"],
                run["leader_election.schedule.outcome"]));
    }

    /// <summary>Repeated it makes up for the same two again.</summary>
    [Fact]
    public async Task Missed_OfARunThatIsRepeated_IsCountedOnce()
    {
        int failures = 3;
        Add("books", Delivery.AtLeastOnce, (_, _) =>
        {
            if (failures-- > 0)
                throw new InvalidOperationException("The printer is on fire.");
            _source.Stop();
            return Task.CompletedTask;
        });
        _source.SetNote("schedule.books", "2026-11-28T00:00:00Z");
        _time.AutoAdvanceAmount = TimeSpan.FromSeconds(10); // Whoever looks at the clock has waited for long enough.
        using var recorder = new MeasurementRecorder(Provider);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync());

        Assert.Equal(3, _log.Named("RunFailed").Count);
        Assert.Equal([2], recorder.Of("leader_election.schedule.missed").Select(measured => measured.Value));
    }

    [Theory]
    [InlineData(MissedRuns.RunAll, 2, "MaxMissedRuns is 1. Where that matters raise it")]
    [InlineData(MissedRuns.Skip, 3, "Missed is Skip, StartingDeadline 00:00:10. Where that matters choose RunOnce or RunAll")]
    public async Task LeftOut_IsToldWithWhatWouldHaveHelped(MissedRuns missed, int count, string why)
    {
        _election.AddScheduledWork(
            "books", "0 * * * *", (_, _, _) => Task.CompletedTask, schedule => (schedule.Missed, schedule.MaxMissedRuns) = (missed, 1));
        _source.SetNote("schedule.books", "2026-11-28T00:00:00Z");

        Task running = RunAsync();
        string told = (await _log.WaitForAsync("RunsLeftOut")).Message;
        _source.Stop();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.StartsWith($"books was due {count} times up to ", told, StringComparison.Ordinal);
        Assert.Contains($" without a run that is made up for: {why}. ", told, StringComparison.Ordinal);
    }

    /// <summary>Nobody knows what the lease says, so nobody may ever run it.</summary>
    [Fact]
    public async Task LeadershipIsLostWhileARunIsNoted_IsTold()
    {
        Add("books", Delivery.AtMostOnce, (_, _) => Task.CompletedTask);
        _source.Renew(TimeSpan.Zero);

        await Assert.ThrowsAsync<LeadershipLostException>(() => RunAsync());

        Assert.Equal(
            "books, due at 2026-11-28T03:00:00.0000000+00:00, was not begun: leadership was lost while it was being noted. If the note "
            + "schedule.books of lease shop/app was \"2026-11-28T03:00:00Z\" for the next leader, nobody "
            + "runs it, being AtMostOnce: see whether it "
            + "began a run for that time (900), and where that matters choose AtLeastOnce",
            Assert.Single(_log.Named("RunNotBegun")).Message);
    }

    [Fact]
    public async Task NothingIsDue_TellsOnceWhatIsNext_InTheZoneOfTheSchedule()
    {
        _election.AddScheduledWork(
            "books", "0 3 * * *", (_, _, _) => Task.CompletedTask, schedule => schedule.TimeZone = "Europe/Zurich");
        _source.SetNote("schedule.books", Three);
        Task running = RunAsync();

        LogEntry told = await _log.WaitForAsync("NextRun");

        Assert.Equal("books is due next at 2026-11-29T03:00:00.0000000+01:00 (Europe/Zurich)", told.Message);
        _source.Stop();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Single(_log.Named("NextRun"));
    }

    /// <summary>Until it has ended, as it does when its term has.</summary>
    private async Task LetTimePassAsync(Task running)
    {
        await Polling.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(running.IsCompleted);
            },
            Signal.Patience);
        await running;
    }

    private ServiceProvider Provider => _provider ??= _services.BuildServiceProvider();

    private void Add(string name, Delivery delivery, Func<ScheduledRun, CancellationToken, Task> work) => _election.AddScheduledWork(
        name, "0 * * * *", (_, run, token) => work(run, token), schedule => schedule.Delivery = delivery);

    private Task RunAsync() => Schedules.WorkOf(_election.Name)(Provider, _source.Term, _source.Token).WaitAsync(Signal.Patience);
}
