using System.Globalization;
using System.Runtime.CompilerServices;
using LeaseElection.Testing;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>
/// Checks what was measured against its bounds, and tells it: one line in the output, and one in the file of <c>LEASEELECTION_FAULTS</c>.
/// </summary>
internal sealed class Findings(ITestOutputHelper output)
{
    /// <summary>What a busy machine of two cores may add to an upper bound.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    /// <summary>Fails when the time is outside of its bounds; told in both cases.</summary>
    public void Within(TimeSpan least, TimeSpan measured, TimeSpan most, string what, [CallerMemberName] string test = "")
    {
        Tell(
            string.Create(CultureInfo.InvariantCulture, $"{what}: {least.TotalSeconds:0.0##} to {most.TotalSeconds:0.0##} s"),
            string.Create(CultureInfo.InvariantCulture, $"{measured.TotalSeconds:0.000} s"),
            test);
        Assert.InRange(measured, least, most);
    }

    public void Tell(string bound, string measured, [CallerMemberName] string test = "")
    {
        // The fault, as tests/README.md numbers them, is in the name, FaultNN_; what has none belongs to the mixed fleet, number 39.
        int fault = test.StartsWith("Fault", StringComparison.Ordinal) ? int.Parse(test[5..7], CultureInfo.InvariantCulture) : 39;
        FaultLog.Write(output, fault, test, bound, measured);
    }
}
