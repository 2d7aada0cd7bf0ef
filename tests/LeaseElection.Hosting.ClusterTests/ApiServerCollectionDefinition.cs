using LeaseElection.Testing.ApiServer;

// One test after the other: they measure time, and what one process has of timers, threads and memory. Another class that starts an API
// server of its own meanwhile would take both cores for seconds.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace LeaseElection.Hosting.ClusterTests;

[CollectionDefinition(ApiServerFixture.Collection)]
public sealed class ApiServerCollectionDefinition : ICollectionFixture<ApiServerFixture>;
