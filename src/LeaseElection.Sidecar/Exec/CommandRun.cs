using System.Diagnostics;
using LeaseElection.Hosting;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Sidecar.Exec;

/// <summary>
/// The command during one term. It is over when the command and all that it started are gone, not before: the lease is released then.
/// Nothing here runs on the thread pool, which may be busy when the term ends.
/// </summary>
internal sealed class CommandRun(
    IReadOnlyList<string> command, CommandGrace grace, LeadershipTerm term, ElectionClock clock, ILogger<CommandRun> logger)
    : IDisposable
{
    /// <summary>How often those are looked for that must end. The kernel tells of children only.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// What lives for so long after SIGKILL cannot be killed, or waits for a disk that hangs: it is told of, and looked for less often, for
    /// each look reads the whole table of processes.
    /// </summary>
    private static readonly TimeSpan SoonDead = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LaterLook = TimeSpan.FromMilliseconds(250);

    private readonly TaskCompletionSource<int?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _isGone = new();
    private readonly Lock _lock = new();
    private CommandFamily? _family;
    private int _main;
    private bool _isTold;
    private bool _hasEndedByItself;
    private bool _cannotKill;
    private TimeSpan? _killedAt;
    private bool _survivorsAreTold;

    /// <summary>
    /// Ends when the command itself has: with its exit code, or <see langword="null"/> if it was told to stop. What it has started may go
    /// on until <see cref="Gone"/>.
    /// </summary>
    public Task<int?> Ended => _ended.Task;

    /// <summary>Ends when nothing of it is left, which may be never.</summary>
    public Task Gone => _gone.Task;

    /// <summary>The command; zero before it has started.</summary>
    public int Main
    {
        get
        {
            lock (_lock)
                return _main;
        }
    }

    /// <summary>Starts it, on a thread that lives as long: the kernel kills the command when the thread that started it ends.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "leader-elector command" }.UnsafeStart();

    /// <summary>SIGTERM, grace, SIGKILL. Returns when it is gone or SIGKILL was sent.</summary>
    public void Stop()
    {
        CommandFamily? family;
        lock (_lock)
        {
            if (_hasEndedByItself)
                return; // What it left behind has no grace, and is being killed.
            grace.Begin();
            _isTold = true;
            family = _family;
        }

        if (family is null)
            return;
        if (CommandLauncher.IsStill(_main))
        {
            // It has done nothing yet, and a runtime that starts may lose a SIGTERM.
            NativeProcess.Send(_main, NativeProcess.SignalKill);
            return;
        }

        // First the act, then the word: a logger may fail.
        Signal(family, NativeProcess.SignalTerminate);
        Signal(family, NativeProcess.SignalContinue); // One that is stopped (SIGSTOP) would not hear it.
        logger.CommandTold(_main, grace.Left().TotalSeconds);
        while (grace.Left() > TimeSpan.Zero)
        {
            if (_isGone.Wait(Look))
                return;
        }

        List<ProcessEntry> left = family.Running();
        NativeProcess.Send(-_main, NativeProcess.SignalKill);
        Kill(family);
        if (left.Count > 0)
            logger.CommandKilled(grace.Used.TotalSeconds, string.Join(", ", left.Select(process => process.Id)));
    }

    /// <summary>Passes a signal on to the command and its group; one that only just starts has no use for it.</summary>
    public void Forward(int signal)
    {
        lock (_lock)
        {
            if (_family is not null && !CommandLauncher.IsStill(_main))
                NativeProcess.Send(-_main, signal);
        }
    }

    public void Dispose() => _isGone.Dispose();

    private void Run()
    {
        try
        {
            RunToTheEnd();
            End();
        }
        catch (Exception exception) when (_main == 0)
        {
            // It did not start. What fails later ends this process: the kernel then kills the command, and nothing is released.
            End();
            _ended.SetException(exception);
        }
    }

    private void RunToTheEnd()
    {
        using Process? process = Begin();
        process?.WaitForExit();
        lock (_lock)
            _hasEndedByItself = !_isTold;
        _ended.SetResult(_hasEndedByItself ? process!.ExitCode : null);
        if (_family is { } family)
            EndTheRest(family);
    }

    private void End()
    {
        lock (_lock)
            _family = null;
        _isGone.Set();
        _gone.SetResult();
    }

    private Process? Begin()
    {
        (string program, IReadOnlyList<string> arguments) = CommandLauncher.For(command);
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false };
        foreach ((string name, string? value) in CommandEnvironment.Of(term))
            start.Environment[name] = value;

        // In the lock: told to stop, it either does not start or is known to whoever stops it.
        Process process;
        lock (_lock)
        {
            if (_isTold)
                return null;
            process = Process.Start(start)!;
            _main = process.Id;
            _family = new CommandFamily(_main);
        }

        logger.CommandStarted(_main, command[0]);
        return process;
    }

    /// <summary>What the command left behind: told to stop it has its grace, else it goes at once, as in a container.</summary>
    private void EndTheRest(CommandFamily family)
    {
        // Twice none: while one look goes over the table, one process may have begun another and ended.
        for (int none = 0; none < 2;)
        {
            Orphans.Reap(() => _main);
            none = family.IsGone() ? none + 1 : 0;
            if (none > 0)
                continue;
            if (_hasEndedByItself || grace.Left() == TimeSpan.Zero)
                KillTheRest(family);
            _isGone.Wait(_survivorsAreTold ? LaterLook : Look);
        }
    }

    private void KillTheRest(CommandFamily family)
    {
        Kill(family);
        TimeSpan now = clock.Now.Monotonic;
        _killedAt ??= now;
        if (_survivorsAreTold || now - _killedAt.Value < SoonDead || family.Running() is not { Count: > 0 } left)
            return;
        _survivorsAreTold = true;
        logger.CommandSurvived((now - _killedAt.Value).TotalSeconds, string.Join(',', left.Select(process => process.Id)));
    }

    private void Kill(CommandFamily family)
    {
        foreach (ProcessEntry process in family.Running())
        {
            if (!NativeProcess.Send(process.Id, NativeProcess.SignalKill) && !Interlocked.Exchange(ref _cannotKill, true))
                logger.CannotKill(process.Id);
        }
    }

    /// <summary>The group first, in one act: it may be growing.</summary>
    private void Signal(CommandFamily family, int signal)
    {
        NativeProcess.Send(-_main, signal);
        foreach (ProcessEntry process in family.Running().Where(process => process.Group != _main))
            NativeProcess.Send(process.Id, signal);
    }
}
