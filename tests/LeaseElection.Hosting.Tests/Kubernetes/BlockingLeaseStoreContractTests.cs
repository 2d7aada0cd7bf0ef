using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Leases;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>The contract suite with the requests that need no thread pool.</summary>
public sealed class BlockingLeaseStoreContractTests : KubernetesLeaseStoreContractTests
{
    internal override async Task<ILeaseStore> OpenAsync(string leaseName) => new BlockingStore(await base.OpenAsync(leaseName));
}
