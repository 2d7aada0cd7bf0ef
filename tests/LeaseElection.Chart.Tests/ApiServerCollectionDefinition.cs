using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Chart.Tests;

[CollectionDefinition(ApiServerFixture.Collection)]
public sealed class ApiServerCollectionDefinition : ICollectionFixture<ApiServerFixture>;
