using System.Globalization;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Tests;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.DistributedLock.Tests.Contract;

/// <summary>The contract over files, as on a laptop.</summary>
public sealed class FileLeaseLockContractTests : LeaseLockContract
{
    protected override Task<LockPlace> OpenAsync() => Task.FromResult<LockPlace>(new FilePlace());

    private sealed class FilePlace : HostedPlace
    {
        private readonly TemporaryFolder _folder = new();

        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
            [new("Store", "File"), new("LeaseNamespace", "shop"), new("File:Directory", _folder.Path)];

        /// <summary>Without the lock of the file, as an editor does; what its holder writes at the same instant may win.</summary>
        public override Task TakeAwayAsync(string leaseName) => Polling.UntilAsync(
            async () =>
            {
                string file = Path.Combine(_folder.Path, "shop", leaseName, "lease.json");
                JsonNode lease = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
                if ((string?)lease["spec"]!["holderIdentity"] == "somebody")
                    return true;
                var version = UInt128.Parse((string)lease["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture);
                lease["metadata"]!["resourceVersion"] = (version + 1000).ToString(CultureInfo.InvariantCulture);
                lease["spec"]!["holderIdentity"] = "somebody";
                lease["spec"]!["leaseDurationSeconds"] = 60;
                await File.WriteAllTextAsync(file + ".taken", lease.ToJsonString());
                File.Move(file + ".taken", file, overwrite: true);
                return false;
            },
            Signal.Patience);

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            _folder.Dispose();
        }
    }
}
