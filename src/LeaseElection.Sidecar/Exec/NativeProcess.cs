using System.Runtime.InteropServices;

namespace LeaseElection.Sidecar.Exec;

/// <summary>What Linux offers about processes and .NET does not.</summary>
internal static partial class NativeProcess
{
    public const int SignalKill = 9;
    public const int SignalPipe = 13;
    public const int SignalTerminate = 15;
    public const int SignalContinue = 18;

    private const int SetParentDeathSignal = 1;
    private const int SetChildSubreaper = 36;
    private const int SetMask = 2;
    private const int NoHang = 1;
    private const int MayExecute = 1;
    private const int NoSuchProcess = 3;

    /// <summary>
    /// The calling thread, and what it becomes by <see cref="BecomeProgram"/>, is killed when the thread that started it ends.
    /// </summary>
    public static bool DieWithParent() => Control(SetParentDeathSignal, SignalKill, 0, 0, 0) == 0;

    /// <summary>What becomes of processes whose parent has ended, below this one: they become children of it.</summary>
    public static bool AdoptOrphans() => Control(SetChildSubreaper, 1, 0, 0, 0) == 0;

    /// <summary>Sends a signal; a negative id means a group. <see langword="false"/>: we may not.</summary>
    public static bool Send(int process, int signal) => Kill(process, signal) == 0 || Marshal.GetLastPInvokeError() == NoSuchProcess;

    /// <summary>Takes a child that has ended out of the table of processes.</summary>
    public static void Reap(int process) => _ = WaitFor(process, out _, NoHang);

    public static bool IsExecutable(string file) => Access(file, MayExecute) == 0;

    /// <summary>Ends what the runtime blocks and ignores, and would be inherited.</summary>
    public static void RestoreSignals()
    {
        _ = SetHandler(SignalPipe, 0);
        Span<byte> none = stackalloc byte[128];
        none.Clear();
        _ = SetSignalMask(SetMask, none, 0);
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int ParentId();

    /// <summary>A session and a group of its own, without a terminal that could stop it.</summary>
    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int BeginSession();

    /// <summary>Returns only if it fails.</summary>
    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int BecomeProgram(string file, string?[] arguments);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int WaitFor(int process, out int status, int options);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Access(string file, int mode);

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SetHandler(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetSignalMask(int how, ReadOnlySpan<byte> mask, nint old);
}
