using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Canary.Tests;

[CollectionDefinition(ApiServerFixture.Collection)]
public sealed class ApiServerCollectionDefinition : ICollectionFixture<ApiServerFixture>;
