using System.Globalization;
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
    ILogger logger) : IDisposable
{
    /// <summary>How long to wait for a term that is in doubt: a renewal, which is under way, or the token says what is true.</summary>
    private static readonly TimeSpan InDoubt = TimeSpan.FromMilliseconds(100);

    private readonly string _note = ScheduleName.NoteOf(schedule.Name);
    private readonly WakeUp _wakeUp = new(clock);
    private ScheduleMark? _toldOfTheFuture;
    private bool _hasTold;

    /// <param name="noted">What the lease says of this schedule, if anything.</param>
    /// <param name="stoppingToken">Fires when the term ends.</param>
    public async Task RunAsync(string? noted, CancellationToken stoppingToken)
    {
        var keeper = new ScheduleKeeper(
            new DueTimes(CronText.Parse(options.Cron!), ScheduleZone.Find(options.TimeZone)!), options, Read(noted));
        while (true)
        {
            stoppingToken.ThrowIfCancellationRequested();
            switch (keeper.Next(clock.GetUtcNow()))
            {
                case ScheduleStep.Wait wait:
                    Tell(wait.Until);
                    TellOfTheFuture(keeper.Mark);
                    await _wakeUp.UntilAsync(wait.Until, stoppingToken).ConfigureAwait(false);
                    break;
                case ScheduleStep.Settle settle:
                    if (await NoteAsync(keeper, settle.Mark, stoppingToken).ConfigureAwait(false))
                        LeftOut(settle);
                    break;
                case ScheduleStep.Run when options.Delivery == Delivery.AtLeastOnce && !term.IsHeld:
                    // In doubt for a moment, or over, of which the token tells in a moment: a process that was frozen looks at what was due
                    // in its sleep, which the next leader may have run. What is noted first has the note to say so.
                    await _wakeUp.UntilAsync(clock.GetUtcNow() + InDoubt, stoppingToken).ConfigureAwait(false);
                    break;
                case ScheduleStep.Run run:
                    await RunAsync(keeper, run, stoppingToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    public void Dispose() => _wakeUp.Dispose();

    /// <summary>
    /// Once a term, so that whoever reads the log of a leader sees whether the expression and the zone mean what he thinks.
    /// </summary>
    private void Tell(DateTimeOffset? next)
    {
        if (next is { } dueAt && !_hasTold)
            logger.NextRun(schedule.Name, TimeZoneInfo.ConvertTime(dueAt, ScheduleZone.Find(options.TimeZone)!), options.TimeZone);
        _hasTold = true;
    }

    private ScheduleMark? Read(string? noted)
    {
        if (noted is null)
            return null;
        ScheduleMark? mark = ScheduleMark.Parse(noted);
        if (mark is null)
            logger.NoteUnreadable(schedule.Name, _note, term.LeaseNamespace, term.LeaseName, noted);
        return mark;
    }

    /// <summary>Also of a note of this term: its clock may have been ahead when it ran, and nothing runs until then.</summary>
    private void TellOfTheFuture(ScheduleMark? mark)
    {
        if (mark is null || mark == _toldOfTheFuture || mark.Through - clock.GetUtcNow() <= TimeSpan.FromMinutes(1))
            return;
        _toldOfTheFuture = mark;
        logger.NoteOfTheFuture(schedule.Name, mark.Through, _note, term.LeaseNamespace, term.LeaseName);
    }

    private async Task RunAsync(ScheduleKeeper keeper, ScheduleStep.Run due, CancellationToken stoppingToken)
    {
        bool notedBefore = options.Delivery == Delivery.AtMostOnce;
        if (notedBefore && !await NoteBeforeAsync(keeper, due, stoppingToken).ConfigureAwait(false))
            return;
        TimeSpan late = clock.GetUtcNow() - due.DueAt;
        logger.RunStarted(schedule.Name, due.DueAt, late.TotalSeconds, due.Missed);
        if (!await ExecuteAsync(due, late, stoppingToken).ConfigureAwait(false))
        {
            keeper.Failed(clock.GetUtcNow());
            return;
        }

        keeper.Succeeded();
        if (notedBefore)
            return;
        // A run that has ended well is not to be repeated for what its note met with.
        while (!await NoteAsync(keeper, due.Mark, stoppingToken).ConfigureAwait(false))
        {
        }

        CountMissed(due.Missed);
    }

    private async Task<bool> NoteBeforeAsync(ScheduleKeeper keeper, ScheduleStep.Run due, CancellationToken stoppingToken)
    {
        ScheduleMark before = keeper.Mark!;
        try
        {
            if (!await NoteAsync(keeper, due.Mark, stoppingToken).ConfigureAwait(false))
                return false;
            if (!stoppingToken.IsCancellationRequested && term.IsHeld)
            {
                CountMissed(due.Missed);
                return true;
            }

            // Noted and not begun. The lease is held until all work has returned, so that can be taken back: the next leader runs it.
            await NoteAsync(keeper, before, stoppingToken).ConfigureAwait(false);
            return false;
        }
        catch (LeadershipLostException)
        {
            logger.RunNotBegun(schedule.Name, due.DueAt, _note, term.LeaseNamespace, term.LeaseName, due.Mark.ToString());
            throw;
        }
    }

    /// <summary>Whether it ended well.</summary>
    private async Task<bool> ExecuteAsync(ScheduleStep.Run due, TimeSpan late, CancellationToken stoppingToken)
    {
        var run = new ScheduledRun(schedule.Name, due.DueAt, due.Previous, term) { Missed = due.Missed, Failures = due.Failures };
        try
        {
            AsyncServiceScope scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
                await schedule.Execute(scope.ServiceProvider, run, stoppingToken).ConfigureAwait(false);
            instruments.Ran(schedule, term, late, ScheduleInstruments.Succeeded);
            logger.RunEnded(schedule.Name, due.DueAt);
            return true;
        }
        // Told to stop, many a library throws an exception of its own (gRPC, SqlClient). As with the core (304) that is no error: somebody
        // would be called at every deployment, to look for a bug that there is not.
        catch (Exception exception) when (
            stoppingToken.IsCancellationRequested || (exception is OperationCanceledException && !term.IsHeld))
        {
            bool isCancellation = exception is OperationCanceledException;
            instruments.Ran(schedule, term, late, ScheduleInstruments.Interrupted);
            logger.RunInterrupted(schedule.Name, due.DueAt, WhatThenOfOneCutOff(), isCancellation ? null : exception);
            if (isCancellation && stoppingToken.IsCancellationRequested)
                throw;
            return false; // In doubt for a moment: other schedules go on, and so may the term. Or over, which is seen next.
        }
#pragma warning disable CA1031 // A run that fails must end neither its schedule nor the term.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            instruments.Ran(schedule, term, late, ScheduleInstruments.Faulted);
            logger.RunFailed(schedule.Name, due.DueAt, WhatThen(), exception);
            return false;
        }
    }

    private string WhatThen() => options.Delivery == Delivery.AtMostOnce
        ? "it is not repeated, being AtMostOnce"
        : "it will be repeated, being AtLeastOnce";

    /// <summary>More time to stop is of no use to it: nobody has cut it off but itself, when its token fired.</summary>
    private string WhatThenOfOneCutOff() => WhatThen() + (options.Delivery == Delivery.AtMostOnce
        ? ". Where that matters choose AtLeastOnce"
        : ", so there is nothing to do");

    /// <summary>
    /// Writes the mark on the lease, also while the term is being stopped, until it is lost; or says that it was refused, after a pause.
    /// </summary>
    private async Task<bool> NoteAsync(ScheduleKeeper keeper, ScheduleMark mark, CancellationToken stoppingToken)
    {
        try
        {
            await term.WriteNoteAsync(_note, mark.ToString(), CancellationToken.None).ConfigureAwait(false);
            keeper.Settled(mark);
            return true;
        }
        catch (Exception exception) when (exception is LeaseStoreException or ArgumentException)
        {
            logger.NoteRefused(schedule.Name, _note, mark.ToString(), term.LeaseNamespace, term.LeaseName, exception);
            await _wakeUp.UntilAsync(null, stoppingToken).ConfigureAwait(false);
            return false;
        }
    }

    private void LeftOut(ScheduleStep.Settle settle)
    {
        if (settle.Missed == 0)
            return;
        CountMissed(settle.Missed);
        string why = options.Missed == MissedRuns.RunAll
            ? string.Create(CultureInfo.InvariantCulture, $"MaxMissedRuns is {options.MaxMissedRuns}. Where that matters raise it")
            : $"Missed is Skip, StartingDeadline {options.StartingDeadline:c}. Where that matters choose RunOnce or RunAll";
        logger.RunsLeftOut(schedule.Name, settle.Missed, settle.Mark.Through, why);
    }

    /// <summary>Once it is noted, and so settled: a run that fails and is repeated makes up for the same due times each time.</summary>
    private void CountMissed(int count)
    {
        if (count > 0)
            instruments.Missed(schedule, term, count);
    }
}
