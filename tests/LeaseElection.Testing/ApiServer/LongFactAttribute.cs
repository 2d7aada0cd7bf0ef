using Xunit;

namespace LeaseElection.Testing.ApiServer;

/// <summary>
/// A fact that needs the real API server, and minutes in which nothing happens: only where <see cref="LongForm.IsAskedFor"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    /// <summary>Decides whether to skip.</summary>
    public LongFactAttribute() => Skip = LongForm.IsAskedFor
        ? ApiServerAssets.SkipReason
        : "takes minutes: tests/run --long, or LEASEELECTION_LONG=true";
}
