using LeaseElection.Hosting.Leases.Files;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Leases;

/// <summary>The leases of one namespace in files, for processes of one machine.</summary>
internal sealed class FileLeases(string directory, string leaseNamespace, TimeProvider timeProvider, ILogger<FileLeaseStore> logger)
    : ILeaseStoreSource
{
    public string Description => $"leases in {Path.GetFullPath(Path.Combine(directory, leaseNamespace))}";

    public ILeaseStore Open(string leaseName) =>
        new FileLeaseStore(new LeasePaths(directory, leaseNamespace, leaseName), LeaseTraits.None, timeProvider, logger);

    public ILeaseGroup OpenGroup(string group) => new FileLeaseGroup(directory, leaseNamespace, group, timeProvider, logger);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
