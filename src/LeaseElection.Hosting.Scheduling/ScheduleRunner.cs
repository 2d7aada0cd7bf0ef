using LeaseElection.Hosting.Scheduling.Due;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>Runs one schedule for one term, as its <see cref="ScheduleKeeper"/> says.</summary>
internal sealed class ScheduleRunner(
    ScheduleRegistration schedule,
    ScheduleOptions options,
    LeadershipTerm term,
    IServiceScopeFactory scopes,
    TimeProvider clock,
    ScheduleInstruments instruments,
    ILogger logger)
{
    /// <summary>A wall clock may be set: then what is due is found at most so much later.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly string _note = ScheduleName.NoteOf(schedule.Name);
    private readonly WakeUp _wakeUp = new(clock);

    /// <param name="noted">What the lease says of this schedule, if anything.</param>
    /// <param name="stoppingToken">Fires when the term ends.</param>
    public async Task RunAsync(string? noted, CancellationToken stoppingToken)
    {
        var keeper = new ScheduleKeeper(
            new DueTimes(CronText.Parse(options.Cron!), ScheduleZone.Find(options.TimeZone)!), options, Read(noted));
        using WakeUp wakeUp = _wakeUp;
        while (true)
        {
            stoppingToken.ThrowIfCancellationRequested();
            switch (keeper.Next(clock.GetUtcNow()))
            {
                case ScheduleStep.Wait wait:
                    await WaitAsync(wait.Until, stoppingToken).ConfigureAwait(false);
                    break;
                case ScheduleStep.Settle settle:
                    await NoteAsync(keeper, settle.Mark, stoppingToken).ConfigureAwait(false);
                    LeftOut(settle);
                    break;
                case ScheduleStep.Run run:
                    await RunAsync(keeper, run, stoppingToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private ScheduleMark? Read(string? noted)
    {
        if (noted is null)
            return null;
        ScheduleMark? mark = ScheduleMark.Parse(noted);
        if (mark is null)
            logger.NoteUnreadable(schedule.Name, _note, term.LeaseNamespace, term.LeaseName, noted);
        else if (mark.Through - clock.GetUtcNow() > TimeSpan.FromMinutes(1))
            logger.NoteOfTheFuture(schedule.Name, mark.Through, _note, term.LeaseNamespace, term.LeaseName);
        return mark;
    }

    private async Task RunAsync(ScheduleKeeper keeper, ScheduleStep.Run due, CancellationToken stoppingToken)
    {
        bool notedBefore = options.Delivery == Delivery.AtMostOnce;
        if (notedBefore)
            await NoteAsync(keeper, due.Mark, stoppingToken).ConfigureAwait(false);
        if (due.Missed > 0)
            instruments.Missed(schedule, due.Missed);

        TimeSpan late = clock.GetUtcNow() - due.DueAt;
        logger.RunStarted(schedule.Name, due.DueAt, late.TotalSeconds, due.Missed);
        bool isDone = await ExecuteAsync(due, late, stoppingToken).ConfigureAwait(false);
        if (isDone)
            keeper.Succeeded();
        else
            keeper.Failed(clock.GetUtcNow());
        if (isDone && !notedBefore)
            await NoteAsync(keeper, due.Mark, stoppingToken).ConfigureAwait(false);
    }

    private async Task<bool> ExecuteAsync(ScheduleStep.Run due, TimeSpan late, CancellationToken stoppingToken)
    {
        var run = new ScheduledRun(schedule.Name, due.DueAt, due.Previous, term) { Missed = due.Missed, Failures = due.Failures };
        try
        {
            AsyncServiceScope scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
                await schedule.Execute(scope.ServiceProvider, run, stoppingToken).ConfigureAwait(false);
            instruments.Ran(schedule, late, ScheduleInstruments.Succeeded);
            logger.RunEnded(schedule.Name, due.DueAt);
            return true;
        }
        catch (Exception exception) when (stoppingToken.IsCancellationRequested && exception is OperationCanceledException)
        {
            instruments.Ran(schedule, late, ScheduleInstruments.Interrupted);
            logger.RunInterrupted(schedule.Name, due.DueAt, WhatThen());
            throw;
        }
#pragma warning disable CA1031 // A run that fails must end neither its schedule nor the term.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            instruments.Ran(schedule, late, ScheduleInstruments.Faulted);
            logger.RunFailed(schedule.Name, due.DueAt, WhatThen(), exception);
            return false;
        }
    }

    private string WhatThen() => options.Delivery == Delivery.AtMostOnce
        ? "it is not repeated, being AtMostOnce"
        : "it will be repeated, being AtLeastOnce";

    private async Task NoteAsync(ScheduleKeeper keeper, ScheduleMark mark, CancellationToken stoppingToken)
    {
        await term.WriteNoteAsync(_note, mark.ToString(), stoppingToken).ConfigureAwait(false);
        keeper.Settled(mark);
    }

    private void LeftOut(ScheduleStep.Settle settle)
    {
        if (settle.Missed == 0)
            return;
        instruments.Missed(schedule, settle.Missed);
        logger.RunsLeftOut(schedule.Name, settle.Missed, settle.Mark.Through, options.Missed);
    }

    private async Task WaitAsync(DateTimeOffset? until, CancellationToken stoppingToken)
    {
        TimeSpan wait = until is { } instant ? instant - clock.GetUtcNow() : LongestWait;
        if (wait > TimeSpan.Zero)
            await _wakeUp.AfterAsync(wait < LongestWait ? wait : LongestWait, stoppingToken).ConfigureAwait(false);
    }
}
