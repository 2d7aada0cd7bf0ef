namespace LeaseElection.Hosting;

/// <summary>The settings of the file store, which elects between processes of one machine.</summary>
public sealed class FileStoreOptions
{
    /// <summary>The folder of the lease files: the same for all processes that compete, on a local disk.</summary>
    /// <value>An absolute path. Default: <c>LeaseElection</c> in the user's local application data folder.</value>
    public string? Directory { get; set; }
}
