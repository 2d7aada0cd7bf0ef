using LeaseElection.Testing.ApiServer;

// One test after the other: what makes a process a Pod is of the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace LeaseElection.Hosting.KubernetesClient.Tests;

[CollectionDefinition(ApiServerFixture.Collection)]
public sealed class ApiServerCollectionDefinition : ICollectionFixture<ApiServerFixture>;
