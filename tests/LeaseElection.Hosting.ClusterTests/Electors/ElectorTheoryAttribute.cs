using LeaseElection.Testing.Electors;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>A theory that needs the electors of others; see <see cref="ElectorFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ElectorTheoryAttribute : TheoryAttribute
{
    public ElectorTheoryAttribute() => Skip = ElectorPrograms.SkipReason;
}
