using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>A theory that renders the chart, as <see cref="ChartFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChartTheoryAttribute : TheoryAttribute
{
    public ChartTheoryAttribute() => Skip = ChartPrograms.SkipReason;
}
