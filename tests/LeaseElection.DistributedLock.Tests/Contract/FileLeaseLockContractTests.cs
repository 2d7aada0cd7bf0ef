using LeaseElection.Hosting.Tests;
using LeaseElection.Testing.Leases;

namespace LeaseElection.DistributedLock.Tests.Contract;

/// <summary>The contract over files, as on a laptop.</summary>
public sealed class FileLeaseLockContractTests : LeaseLockContract
{
    protected override Task<LockPlace> OpenAsync() => Task.FromResult<LockPlace>(new FilePlace());

    private sealed class FilePlace : HostedPlace
    {
        private readonly TemporaryFolder _folder = new();

        /// <summary>So that whatever stalls the renewals for less than 3 s ends no term.</summary>
        protected override TimeSpan ShortLease { get; } = TimeSpan.FromSeconds(4);

        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
            [new("Store", "File"), new("LeaseNamespace", "shop"), new("File:Directory", _folder.Path)];

        public override Task TakeAwayAsync(string leaseName) => EditedLeaseFile.EditAsync(
            _folder.Path,
            "shop",
            leaseName,
            lease =>
            {
                lease["spec"]!["holderIdentity"] = "somebody";
                lease["spec"]!["leaseDurationSeconds"] = 60;
            });

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            _folder.Dispose();
        }
    }
}
