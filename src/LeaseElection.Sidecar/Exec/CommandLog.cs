using Microsoft.Extensions.Logging;

namespace LeaseElection.Sidecar.Exec;

/// <summary>Ids 600-699: the command.</summary>
internal static partial class CommandLog
{
    [LoggerMessage(600, LogLevel.Information, "Started {Command}, process {Process}", EventName = "CommandStarted")]
    public static partial void CommandStarted(this ILogger logger, int process, string command);

    [LoggerMessage(601, LogLevel.Information, "Told process {Process} to stop; it has {Grace:0.#} s", EventName = "CommandTold")]
    public static partial void CommandTold(this ILogger logger, int process, double grace);

    [LoggerMessage(602, LogLevel.Warning,
        "The command did not stop within {Grace:0.0} s of SIGTERM and gets SIGKILL: processes {Processes}. Let it handle "
        + "SIGTERM, or give it more time: by --grace, and where leadership was lost by --stop-timeout and --ttl",
        EventName = "CommandKilled")]
    public static partial void CommandKilled(this ILogger logger, double grace, string processes);

    [LoggerMessage(603, LogLevel.Information, "The command ended with exit code {ExitCode}, and so does leader-elector",
        EventName = "CommandEnded")]
    public static partial void CommandEnded(this ILogger logger, int exitCode);

    [LoggerMessage(604, LogLevel.Critical,
        "Process {Process} of the command may not be killed by this user, so the lease is not given up: if it outlives the term, it works "
        + "beside the next leader's. Run command and leader-elector as one user, and let the command not change it (sudo, setuid)",
        EventName = "CannotKill")]
    public static partial void CannotKill(this ILogger logger, int process);

    [LoggerMessage(605, LogLevel.Error,
        "The command has ended, and what it started still runs {Seconds:0.0} s after SIGKILL, so the lease is not given up: it runs out if "
        + "they do not end. Look what they wait for, by ps -o pid,user,stat,wchan:30,args -p {Processes}: those whose state is D wait for "
        + "a disk or a mount that hangs, and those of another user may not be killed",
        EventName = "CommandSurvived")]
    public static partial void CommandSurvived(this ILogger logger, double seconds, string processes);
}
