using System.Text.Json.Nodes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Tests.Leases;

public sealed class FileLeaseStoreContractTests : LeaseStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // xUnit calls it after DisposeAsync, when the stores are closed.
    public void Dispose() => _folder.Dispose();

    internal override Task<ILeaseStore> OpenAsync(string leaseName) => Task.FromResult<ILeaseStore>(
        new FileLeaseStore(_folder.Path, "shop", leaseName, TimeProvider.System, NullLogger<FileLeaseStore>.Instance));

    internal override ILeaseStoreSource OpenSource() =>
        new FileLeases(_folder.Path, "shop", TimeProvider.System, NullLogger<FileLeaseStore>.Instance);

    internal override async Task PutAsync(string leaseName, string json)
    {
        string path = LeasePath(leaseName);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        JsonNode lease = JsonNode.Parse(json)!;
        if (File.Exists(path))
        {
            // As somebody with an editor: uid and resourceVersion stay what they were.
            JsonNode present = JsonNode.Parse(await GetAsync(leaseName))!;
            lease["metadata"]!["uid"] = (string?)present["metadata"]!["uid"];
            lease["metadata"]!["resourceVersion"] = (string?)present["metadata"]!["resourceVersion"];
        }
        // In one piece: a watch that met half a file for long would break, however well it reads.
        await File.WriteAllTextAsync(path + ".edited", lease.ToJsonString());
        File.Move(path + ".edited", path, overwrite: true);
    }

    internal override Task DeleteAsync(string leaseName)
    {
        File.Delete(LeasePath(leaseName));
        return Task.CompletedTask;
    }

    internal override Task<string> GetAsync(string leaseName) => File.ReadAllTextAsync(LeasePath(leaseName));

    private string LeasePath(string leaseName) => Path.Combine(_folder.Path, "shop", leaseName, "lease.json");
}
