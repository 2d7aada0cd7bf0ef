using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests;

/// <summary>
/// Classes that mostly wait, for processes of ours, and for leases of such as were killed to run out. See <see cref="WaitingHosts"/>.
/// </summary>
[CollectionDefinition(Name)]
public sealed class WaitingProcesses : ICollectionFixture<ApiServerFixture>
{
    public const string Name = "our processes";
}
