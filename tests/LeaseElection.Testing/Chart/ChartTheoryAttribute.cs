using Xunit;

namespace LeaseElection.Testing.Chart;

/// <summary>A theory that renders the chart, and needs what renders it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChartTheoryAttribute : TheoryAttribute
{
    /// <summary>Decides whether to skip.</summary>
    public ChartTheoryAttribute() => Skip = ChartPrograms.SkipReason;
}
