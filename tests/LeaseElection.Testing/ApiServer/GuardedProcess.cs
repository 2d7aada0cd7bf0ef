using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace LeaseElection.Testing.ApiServer;

/// <summary>
/// A program that never outlives us, even if we get SIGKILL. A shell between us and it waits for the end of a pipe
/// that only we hold open, which the kernel closes however we end. (PR_SET_PDEATHSIG would be bound to the thread
/// that started the program, and pool threads come and go.)
/// </summary>
public sealed class GuardedProcess : IAsyncDisposable
{
    // $1: log file, $2: directory to remove at the end or empty, then the program and its arguments.
    // set -m: else the shell starts what is in the background with SIGINT ignored.
    private const string Guard = """
        set -m
        exec 2>>"$1" 3<&0
        "${@:3}" </dev/null >>"$1" 3<&- &
        program=$!
        cat <&3 >/dev/null &
        pipe=$!
        echo "$program"
        wait -n "$program" "$pipe"
        kill -KILL "$program" "$pipe" 2>/dev/null
        wait "$program"
        status=$?
        if [ -n "$2" ]; then rm -rf -- "$2"; fi
        exit "$status"
        """;

    private readonly Process _guard;
    private bool _disposed;

    private GuardedProcess(Process guard, int pid, string logFile)
    {
        _guard = guard;
        Pid = pid;
        LogFile = logFile;
        Exited = WaitForExitAsync();
    }

    /// <summary>The process id of the program itself, not of the shell that guards it.</summary>
    public int Pid { get; }

    /// <summary>What the program wrote on stdout and stderr.</summary>
    public string LogFile { get; }

    /// <summary>Completes with the exit code (128 + the signal's number for a signal) when the program has ended.</summary>
    public Task<int> Exited { get; }

    /// <summary>Starts <paramref name="fileName"/>, appending its output to <paramref name="logFile"/>.</summary>
    /// <param name="fileName">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="logFile">Where its output goes.</param>
    /// <param name="removeAtEnd">A directory that goes when the program has ended, also when we no longer run.</param>
    public static async Task<GuardedProcess> StartAsync(
        string fileName, IEnumerable<string> arguments, string logFile, string? removeAtEnd = null)
    {
        // setsid: Ctrl+C in a terminal goes to the whole foreground group; the guard must be there to clean up.
        string[] command = ["bash", "-c", Guard, "guard", logFile, removeAtEnd ?? "", fileName, .. arguments];
        var start = new ProcessStartInfo("setsid", command)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var guard = Process.Start(start) ?? throw new InvalidOperationException($"{fileName} did not start");
        var line = await guard.StandardOutput.ReadLineAsync();
        return new GuardedProcess(guard, int.Parse(line ?? "", CultureInfo.InvariantCulture), logFile);
    }

    /// <summary>Sends a signal to the program.</summary>
    public void Send(UnixSignal signal)
    {
        if (!Exited.IsCompleted && SendSignal(Pid, (int)signal) != 0)
        {
            throw new InvalidOperationException($"{signal} to {Pid}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Kills the program and waits until it is gone; a second time does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            _guard.StandardInput.Close();
            await Exited;
            _guard.Dispose();
        }
    }

    private async Task<int> WaitForExitAsync()
    {
        await _guard.WaitForExitAsync();
        return _guard.ExitCode;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);
}
