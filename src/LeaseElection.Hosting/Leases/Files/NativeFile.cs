using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LeaseElection.Hosting.Leases.Files;

/// <summary>
/// flock(2) by its own return code. .NET takes the same lock when it opens a file, but it keeps to itself when the lock failed
/// (no support, no memory, switched off by DOTNET_SYSTEM_IO_DISABLEFILELOCKING), and a lock we only believe to have is two leaders.
/// </summary>
internal static partial class NativeFile
{
    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int DoNotWait = 4;
    private const int Unlock = 8;

    // EWOULDBLOCK is 11 on Linux, 35 on macOS and the BSDs.
    private static int WouldBlock { get; } = OperatingSystem.IsLinux() ? 11 : 35;

    // Without it a program started by the app would inherit the file, and with it a lock that outlives us.
    private static int CloseOnExec { get; } = OperatingSystem.IsLinux() ? 0x80000 : OperatingSystem.IsFreeBSD() ? 0x100000 : 0x1000000;

    /// <summary>Takes or converts the lock; <see langword="false"/> when another open file has it.</summary>
    /// <exception cref="FileStoreException">The file system does not lock.</exception>
    public static bool TryLock(SafeFileHandle file, bool exclusive, string path)
    {
        if (FLock(file, (exclusive ? Exclusive : Shared) | DoNotWait) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        return error == WouldBlock
            ? false
            : throw FileStoreException.LockingDoesNotWork(path, Marshal.GetPInvokeErrorMessage(error));
    }

    public static void Release(SafeFileHandle file) => _ = FLock(file, Unlock);

    /// <summary>
    /// Opens a file for reading without touching its lock, which .NET cannot: it would throw for every file that is locked. An
    /// invalid handle when the file cannot be opened.
    /// </summary>
    public static SafeFileHandle OpenToRead(string path) => Open(path, CloseOnExec);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
