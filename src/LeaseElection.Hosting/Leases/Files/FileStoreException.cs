using System.Text.Json;

namespace LeaseElection.Hosting.Leases.Files;

/// <summary>Carries a <see cref="LeaseStoreError"/> up to where it becomes a reply. Never leaves the store.</summary>
internal sealed class FileStoreException(LeaseStoreError error) : Exception(error.Message, error.Exception)
{
    public LeaseStoreError Error { get; } = error;

    /// <summary>What an operator reads when the file system fails: the path and the way out.</summary>
    public static LeaseStoreError Describe(Exception exception, string path) => exception switch
    {
        FileStoreException known => known.Error,
        UnauthorizedAccessException => new LeaseStoreError(
            LeaseStoreErrorKind.Storage,
            $"No permission for {path}: {exception.Message} Give this user read and write access to the folder, or set "
            + "File:Directory to one of its own.")
        {
            Exception = exception,
        },
        // Fields that are not ours are taken over unread: two of one name, or half a character, fail here.
        InvalidOperationException or ArgumentException or JsonException =>
            Damaged(path, $"what it holds cannot be used ({exception.Message})", exception).Error,
        _ => new LeaseStoreError(
            LeaseStoreErrorKind.Storage,
            $"The file system fails at {path}: {exception.Message} Check that the disk has space and that the folder is on a "
            + "local, writable disk, or set File:Directory to another.")
        {
            Exception = exception,
        },
    };

    public static FileStoreException Damaged(string path, string what, Exception? exception = null) => new(
        new LeaseStoreError(
            LeaseStoreErrorKind.Damaged,
            $"{path} is damaged: {what} It is never overwritten, because it may be a living holder's. Mend it, or stop every "
            + "process that competes for the lease and delete it.")
        {
            Exception = exception,
        });

    public static FileStoreException LockingDoesNotWork(string path, string what) => new(
        new LeaseStoreError(
            LeaseStoreErrorKind.Storage,
            $"File locking does not work in {Path.GetDirectoryName(path)} ({what}), so two processes could lead. Set "
            + "File:Directory to a folder on a local disk."));
}
