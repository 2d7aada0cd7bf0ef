using LeaseElection.Testing.Electors;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>
/// A fact that needs the electors of others beside the real API server: skipped with the reason on a machine that has none, failing
/// there when <c>CI=true</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ElectorFactAttribute : FactAttribute
{
    public ElectorFactAttribute() => Skip = ElectorPrograms.SkipReason;
}
