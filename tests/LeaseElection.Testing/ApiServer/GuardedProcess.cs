using System.Diagnostics;
using System.Runtime.InteropServices;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Testing.ApiServer;

/// <summary>
/// A program that never outlives us, even if we get SIGKILL. A shell beside it waits for the end of a pipe that only
/// we hold open, which the kernel closes however we end. (PR_SET_PDEATHSIG would be bound to the thread that started
/// the program, and pool threads come and go.)
/// </summary>
public sealed class GuardedProcess : IAsyncDisposable
{
    // $1: log file, $2: directory to remove at the end or empty, then the program and its arguments. The shell becomes
    // the program, so our child is the program itself and $$ is its number. The guard is forked off before, so it is a
    // child of the program: when it is not any more, the program has ended and its number may be somebody else's.
    // env: who starts tests in the background of a script has SIGINT ignored (Python: SIGXFSZ), the program would inherit that,
    // and no shell can take it back; a test that interrupts it would wait for ever.
    private const string Script = """
        exec 3<&0
        (
          echo ready
          ours() { read -r _ _ _ parent _ </proc/self/stat && [ "$parent" = "$$" ]; }
          read -r _ <&3
          if ours; then kill -KILL "$$"; fi
          while ours; do sleep 0.01; done
          if [ -n "$2" ]; then rm -rf -- "$2"; fi
        ) &
        exec >>"$1" 2>&1 </dev/null 3<&-
        exec env --default-signal "${@:3}"
        """;

    private const int NoSuchProcess = 3;

    private readonly Process _process;
    private bool _disposed;

    private GuardedProcess(Process process)
    {
        _process = process;
        Pid = process.Id;
        Exited = WaitForExitAsync();
    }

    /// <summary>The process id of the program itself.</summary>
    public int Pid { get; }

    /// <summary>Completes with the exit code (128 + the signal's number for a signal) when the program has ended.</summary>
    public Task<int> Exited { get; }

    /// <summary>Starts <paramref name="fileName"/>, appending its output to <paramref name="logFile"/>.</summary>
    /// <param name="fileName">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="logFile">Where its stdout and stderr go.</param>
    /// <param name="removeAtEnd">A directory that goes when this is disposed, or when we no longer run.</param>
    public static async Task<GuardedProcess> StartAsync(
        string fileName, IEnumerable<string> arguments, string logFile, string? removeAtEnd = null)
    {
        // setsid: Ctrl+C in a terminal goes to the whole foreground group; the guard must be there to clean up.
        string[] command = ["bash", "-c", Script, "guard", logFile, removeAtEnd ?? "", fileName, .. arguments];
        var start = new ProcessStartInfo("setsid", command)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{fileName} did not start");

        // A signal from us could stop or end the shell before there is a guard.
        _ = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"{fileName} did not start: no bash?");
        return new GuardedProcess(process);
    }

    /// <summary>Sends a signal to the program; does nothing when it has ended.</summary>
    public void Send(UnixSignal signal)
    {
        if (!Exited.IsCompleted && SendSignal(Pid, (int)signal) != 0 && Marshal.GetLastPInvokeError() != NoSuchProcess)
        {
            throw new InvalidOperationException($"{signal} to {Pid}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Sends <see cref="UnixSignal.Stop"/> and waits until no thread of the program runs any more.</summary>
    public async Task PauseAsync()
    {
        Send(UnixSignal.Stop);
        await Polling.UntilAsync(() => Task.FromResult(ProcessThreads.AreStopped(Pid)), Signal.Patience);
    }

    /// <summary>Kills the program and waits until it and its guard are gone; a second time does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            _process.StandardInput.Close();
            await Exited;

            // Of the two only the guard has kept our end of stdout; the program's goes to the log.
            await _process.StandardOutput.ReadToEndAsync();
            _process.Dispose();
        }
    }

    private async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);
}
