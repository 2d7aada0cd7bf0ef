using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests;

[CollectionDefinition(ApiServerFixture.Collection)]
public sealed class ApiServerCollectionDefinition : ICollectionFixture<ApiServerFixture>;
