using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Sidecar.Tests;

[CollectionDefinition(ApiServerFixture.Collection)]
public sealed class ApiServerCollectionDefinition : ICollectionFixture<ApiServerFixture>;
