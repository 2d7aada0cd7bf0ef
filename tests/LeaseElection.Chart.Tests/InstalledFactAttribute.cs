using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>A fact that applies the chart to the real API server: needs both, with the same rules.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InstalledFactAttribute : FactAttribute
{
    public InstalledFactAttribute() => Skip = ChartPrograms.SkipReasonWithServer;
}
