using Xunit;

namespace LeaseElection.Testing.ApiServer;

/// <summary>A theory that needs the real API server; see <see cref="ApiServerFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ApiServerTheoryAttribute : TheoryAttribute
{
    /// <summary>Decides whether to skip.</summary>
    public ApiServerTheoryAttribute() => Skip = ApiServerAssets.SkipReason;
}
