using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>
/// A fact that renders the chart: skipped with the reason where there is nothing to render it with, failing there when <c>CI=true</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChartFactAttribute : FactAttribute
{
    public ChartFactAttribute() => Skip = ChartPrograms.SkipReason;
}
