using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>
/// What nobody asked for changes nothing: with members, partitions and locks off, the chart renders to the byte what it did before it knew
/// of them, so an upgrade of the chart alone rolls nothing out.
/// </summary>
public sealed class UnchangedTests
{
    [ChartTheory]
    [InlineData("default")]
    [InlineData("everything")]
    [InlineData("sidecar")]
    public async Task Values_WithoutMembersPartitionsAndLocks_RenderWhatTheyDid(string combination)
    {
        RenderedChart chart = await new HelmChart { Combination = combination, Set = ["dashboard.enabled=false"] }.RenderAsync();

        // Changed on purpose? Then write it anew: helm template as HelmChart does it, into Rendered/.
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Rendered, combination + ".yaml")), chart.Text);
    }

    /// <summary>Whoever switches one on gets its own and nothing of the others.</summary>
    [ChartTheory]
    [InlineData("members.enabled=true", "POD_UID", "NODE_NAME")]
    [InlineData("partitions.count=12", "POD_UID", "NODE_NAME", "LeaderElection__Partitions__Count")]
    [InlineData("locks.enabled=true")]
    [InlineData("election.takeOverBackoff=true", "LeaderElection__TakeOverBackoff")]
    [InlineData(
        "election.takeOverFromTerminated=true", "POD_UID", "LeaderElection__Kubernetes__TakeOverFromTerminated",
        "LeaderElection__Kubernetes__ContainerName")]
    public async Task Environment_OfOne_IsThatOfDefaultValuesAndItsOwn(string value, params string[] more)
    {
        string[] before = Variables(await new HelmChart().RenderAsync());
        string[] after = Variables(await new HelmChart { Set = [value] }.RenderAsync());

        Assert.Equal(before.Concat(more).Order(StringComparer.Ordinal), after.Order(StringComparer.Ordinal));
    }

    private static string Rendered => Path.Combine(Testing.Checkout.Root, "tests", "LeaseElection.Chart.Tests", "Rendered");

    private static string[] Variables(RenderedChart chart) =>
        [.. chart.App["env"]!.AsArray().Select(variable => (string)variable!["name"]!)];
}
