using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests;

/// <summary>
/// Classes that mostly wait, for hosts of this process. They run beside <see cref="WaitingProcesses"/> and <see
/// cref="WaitingElectors"/>, each of which has an API server of its own.
/// </summary>
[CollectionDefinition(Name)]
public sealed class WaitingHosts : ICollectionFixture<ApiServerFixture>
{
    public const string Name = "hosts of this process";
}
