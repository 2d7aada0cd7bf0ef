using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests;

/// <summary>
/// Classes that mostly wait, for electors of others. See <see cref="WaitingHosts"/>.
/// </summary>
[CollectionDefinition(Name)]
public sealed class WaitingElectors : ICollectionFixture<ApiServerFixture>
{
    public const string Name = "electors of others";
}
