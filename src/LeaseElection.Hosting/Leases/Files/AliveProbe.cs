using Microsoft.Win32.SafeHandles;

namespace LeaseElection.Hosting.Leases.Files;

/// <summary>
/// Asks again and again whether the owner of an <see cref="AliveFile"/> is gone. The file stays open between two questions, so that
/// each is one system call, and none throws: an exception every 50 ms would drown a debugger's output.
/// </summary>
internal sealed class AliveProbe(string path) : IDisposable
{
    private SafeFileHandle? _file;

    /// <summary>Whether the lock can be had, which is the proof. Whatever else goes wrong is no proof.</summary>
    /// <exception cref="FileStoreException">The file system does not lock, so that nothing can be proven here.</exception>
    public bool OwnerIsGone()
    {
        if (OperatingSystem.IsWindows())
            return CanOpen();
        if (_file is null or { IsInvalid: true })
        {
            _file?.Dispose();
            _file = NativeFile.OpenToRead(path);
            if (_file.IsInvalid)
                return false;
        }
        // Shared, so that two standbys that ask at the same time do not take each other for the owner.
        if (!NativeFile.TryLock(_file, exclusive: false, path))
            return false;
        NativeFile.Release(_file);
        return true;
    }

    public void Dispose() => _file?.Dispose();

    private bool CanOpen()
    {
        try
        {
            // The owner shares its file with nobody, and Windows enforces that.
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
