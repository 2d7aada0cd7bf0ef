using LeaseElection.Testing.ApiServer;

// What times and counts is not to run beside what loads the machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>One API server for all tests of this assembly that need one.</summary>
[CollectionDefinition(ApiServerFixture.Collection)]
public sealed class ApiServerCollectionDefinition : ICollectionFixture<ApiServerFixture>;
