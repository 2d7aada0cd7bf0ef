using Xunit;

namespace LeaseElection.Testing.Chart;

/// <summary>A fact that applies the chart to the real API server: needs both, with the same rules.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InstalledFactAttribute : FactAttribute
{
    /// <summary>Decides whether to skip.</summary>
    public InstalledFactAttribute() => Skip = ChartPrograms.SkipReasonWithServer;
}
