using LeaseElection.Testing.ApiServer;

// Collections that may, run at once, however few processors there are: they wait nearly all of the time. See WaitingHosts. What needs
// no API server is a collection of its own, beside them.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly, MaxParallelThreads = -1)]

namespace LeaseElection.Hosting.ClusterTests;

/// <summary>
/// What runs alone, one test after the other, when all else has ended: what measures short times, counts what the process or the machine has
/// of threads, sockets and timers, stops an API server or starts one after the other, or starves processes.
/// </summary>
[CollectionDefinition(ApiServerFixture.Collection, DisableParallelization = true)]
public sealed class ApiServerCollectionDefinition : ICollectionFixture<ApiServerFixture>;
