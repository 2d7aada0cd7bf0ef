using LeaseElection.Testing.Processes;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>
/// A theory that needs networks of its own: skipped with the reason on a machine that has none, failing there when <c>CI=true</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NamespaceTheoryAttribute : TheoryAttribute
{
    public NamespaceTheoryAttribute() => Skip = NetworkNamespaces.SkipReason;
}
