using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>A theory that applies the chart to the real API server, as <see cref="InstalledFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InstalledTheoryAttribute : TheoryAttribute
{
    public InstalledTheoryAttribute() => Skip = ChartPrograms.SkipReasonWithServer;
}
