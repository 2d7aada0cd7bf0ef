using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>Log messages about schedules: ids 900-919. An id is never given to another message.</summary>
internal static partial class ScheduleLog
{
    [LoggerMessage(EventId = 900, EventName = "RunStarted", Level = LogLevel.Information,
        Message = "{Schedule}, due at {DueAt:O}, begins, {Late:0.000} s late; {Missed} due times were missed before it")]
    public static partial void RunStarted(this ILogger logger, string schedule, DateTimeOffset dueAt, double late, int missed);

    [LoggerMessage(EventId = 901, EventName = "RunEnded", Level = LogLevel.Information, Message = "{Schedule}, due at {DueAt:O}, is done")]
    public static partial void RunEnded(this ILogger logger, string schedule, DateTimeOffset dueAt);

    [LoggerMessage(EventId = 902, EventName = "RunFailed", Level = LogLevel.Error,
        Message = "{Schedule}, due at {DueAt:O}, failed; {WhatThen}. The cause is in the work itself: see the exception")]
    public static partial void RunFailed(
        this ILogger logger, string schedule, DateTimeOffset dueAt, string whatThen, Exception exception);

    [LoggerMessage(EventId = 903, EventName = "RunInterrupted", Level = LogLevel.Warning,
        Message = "{Schedule}, due at {DueAt:O}, was cut off because its term ended, or was in doubt; {WhatThen}. If that happens often, "
            + "see the messages of the election for why its terms end. If there is an exception with this, the work threw it when it had "
            + "been told to stop: see whether it left something half done")]
    public static partial void RunInterrupted(
        this ILogger logger, string schedule, DateTimeOffset dueAt, string whatThen, Exception? exception);

    [LoggerMessage(EventId = 904, EventName = "RunsLeftOut", Level = LogLevel.Warning,
        Message = "{Schedule} was due {Missed} times up to {Through:O} without a run that is made up for: {Why}. Either nobody led then, "
            + "of which the messages of the election tell, or the run before took too long")]
    public static partial void RunsLeftOut(this ILogger logger, string schedule, int missed, DateTimeOffset through, string why);

    [LoggerMessage(EventId = 905, EventName = "NoteUnreadable", Level = LogLevel.Warning,
        Message = "{Schedule} begins anew, as if nothing had been due before: the note {Note} of lease {LeaseNamespace}/{LeaseName} is "
            + "\"{Text}\", which is no time. Find out who wrote it")]
    public static partial void NoteUnreadable(
        this ILogger logger, string schedule, string note, string leaseNamespace, string leaseName, string text);

    [LoggerMessage(EventId = 906, EventName = "NoteOfTheFuture", Level = LogLevel.Warning,
        Message = "{Schedule} has no run before {Through:O}, which by the clock of this machine is to come yet: an earlier leader has "
            + "noted it as settled. Correct the clock that is wrong; if it was that leader's, remove the note {Note} from lease "
            + "{LeaseNamespace}/{LeaseName} and restart this process")]
    public static partial void NoteOfTheFuture(
        this ILogger logger, string schedule, DateTimeOffset through, string note, string leaseNamespace, string leaseName);

    [LoggerMessage(EventId = 907, EventName = "NoteRefused", Level = LogLevel.Error,
        Message = "{Schedule} stands still: the note {Note} of lease {LeaseNamespace}/{LeaseName} was not to be had as \"{Text}\", and "
            + "without it a run could be repeated or lost. Mend what the exception names, such as an admission webhook or a policy; it is "
            + "tried again every 30 s")]
    public static partial void NoteRefused(
        this ILogger logger, string schedule, string note, string text, string leaseNamespace, string leaseName, Exception exception);

    [LoggerMessage(EventId = 908, EventName = "RunNotBegun", Level = LogLevel.Warning,
        Message = "{Schedule}, due at {DueAt:O}, was not begun: leadership was lost while it was being noted. If the note {Note} of lease "
            + "{LeaseNamespace}/{LeaseName} was \"{Text}\" for the next leader, nobody runs it, being AtMostOnce: see whether it began a "
            + "run for that time (900), and where that matters choose AtLeastOnce")]
    public static partial void RunNotBegun(
        this ILogger logger, string schedule, DateTimeOffset dueAt, string note, string leaseNamespace, string leaseName, string text);

    [LoggerMessage(EventId = 909, EventName = "NextRun", Level = LogLevel.Information,
        Message = "{Schedule} is due next at {DueAt:O} ({TimeZone})")]
    public static partial void NextRun(this ILogger logger, string schedule, DateTimeOffset dueAt, string timeZone);
}
