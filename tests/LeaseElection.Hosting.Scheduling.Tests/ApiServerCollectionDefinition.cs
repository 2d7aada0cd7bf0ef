using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>One API server for all tests of this assembly that need one.</summary>
[CollectionDefinition(ApiServerFixture.Collection)]
public sealed class ApiServerCollectionDefinition : ICollectionFixture<ApiServerFixture>;
