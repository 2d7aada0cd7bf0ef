namespace LeaseElection.Hosting.Leases.Files;

/// <summary>An exclusive lock on a file that the operating system keeps for this process, and drops at whatever instant it dies.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    public FileStream File => _file;

    /// <summary>The lock, or <see langword="null"/> while another holder has it, be it in this process.</summary>
    /// <exception cref="FileStoreException">The file system does not lock.</exception>
    public static FileLock? TryTake(string path, FileMode mode)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (IsLocked(e))
        {
            return null;
        }
        try
        {
            // On Windows opening was the lock, and the system enforces it.
            if (OperatingSystem.IsWindows() || NativeFile.TryLock(file.SafeFileHandle, exclusive: true, path))
                return new FileLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
        file.Dispose();
        return null;
    }

    /// <summary>Waits for the lock until <paramref name="cancellationToken"/> fires.</summary>
    public static async Task<FileLock> TakeAsync(string path, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryTake(path, FileMode.OpenOrCreate) is { } taken)
                return taken;
            // Whoever has it needs less than a millisecond; uneven pauses keep two waiters from meeting again and again.
            await Task.Delay(TimeSpan.FromMilliseconds(1 + Random.Shared.Next(3)), timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _file.Dispose();

    // ERROR_SHARING_VIOLATION on Windows; elsewhere the HResult is the errno EWOULDBLOCK, 11 on Linux and 35 on macOS.
    private static bool IsLocked(IOException exception) => exception.HResult is unchecked((int)0x80070020) or 11 or 35;
}
