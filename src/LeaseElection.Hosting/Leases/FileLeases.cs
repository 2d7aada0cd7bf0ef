using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Leases;

/// <summary>The leases of one namespace in files, for processes of one machine.</summary>
internal sealed class FileLeases : ILeaseStoreSource
{
    private readonly string _directory;
    private readonly string _leaseNamespace;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<FileLeaseStore> _logger;

    public FileLeases(string directory, string leaseNamespace, TimeProvider timeProvider, ILogger<FileLeaseStore> logger)
    {
        _directory = directory;
        _leaseNamespace = leaseNamespace;
        _timeProvider = timeProvider;
        _logger = logger;
    }

    public string Description => $"leases in {_leaseNamespace} in {_directory}";

    public ILeaseStore Open(string leaseName) => new FileLeaseStore(_directory, _leaseNamespace, leaseName, _timeProvider, _logger);

    public ILeaseGroup OpenGroup(string group) => throw new NotSupportedException("Groups of leases in files are still to come.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
