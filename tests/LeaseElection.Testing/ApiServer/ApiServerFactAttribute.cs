using Xunit;

namespace LeaseElection.Testing.ApiServer;

/// <summary>
/// A fact that needs the real API server: skipped with the reason on a machine that has none, failing there when
/// <c>CI=true</c>. xunit 2 cannot skip while running, so the decision is made at discovery.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ApiServerFactAttribute : FactAttribute
{
    /// <summary>Decides whether to skip.</summary>
    public ApiServerFactAttribute() => Skip = ApiServerAssets.SkipReason;
}
