using System.Reflection;
using LeaseElection.Testing.Chart;
using Xunit.Sdk;

namespace LeaseElection.Chart.Tests;

/// <summary>Every combination of values in the chart's <c>ci</c> folder.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CombinationDataAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => HelmChart.Combinations.Select(name => new object[] { name });
}
