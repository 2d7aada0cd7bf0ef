using LeaseElection.Testing.ApiServer;

// Collections that may, run at once, however few processors there are: they wait nearly all of the time. See WaitingHosts. What needs
// no API server is a collection of its own, beside them.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly, MaxParallelThreads = -1)]

namespace LeaseElection.Hosting.ClusterTests;

/// <summary>
/// What runs alone, one test after the other, when all else has ended: what counts threads, sockets and timers of the process or the
/// machine, stops an API server or starts one after the other, or needs network namespaces.
/// </summary>
[CollectionDefinition(ApiServerFixture.Collection, DisableParallelization = true)]
public sealed class ApiServerCollectionDefinition : ICollectionFixture<ApiServerFixture>;
