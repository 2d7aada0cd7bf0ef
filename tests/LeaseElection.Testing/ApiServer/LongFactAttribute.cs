using Xunit;

namespace LeaseElection.Testing.ApiServer;

/// <summary>A fact that needs the real API server, and minutes in which nothing happens: only where <c>LEASEELECTION_LONG=true</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    /// <summary>Decides whether to skip.</summary>
    public LongFactAttribute() => Skip = Environment.GetEnvironmentVariable("LEASEELECTION_LONG") == "true"
        ? ApiServerAssets.SkipReason
        : "takes minutes: set LEASEELECTION_LONG=true";
}
