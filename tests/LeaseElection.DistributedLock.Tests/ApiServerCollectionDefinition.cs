using LeaseElection.Testing.ApiServer;

// One test after the other: some block the threads of the pool, which all of them share.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace LeaseElection.DistributedLock.Tests;

[CollectionDefinition(ApiServerFixture.Collection)]
public sealed class ApiServerCollectionDefinition : ICollectionFixture<ApiServerFixture>;
