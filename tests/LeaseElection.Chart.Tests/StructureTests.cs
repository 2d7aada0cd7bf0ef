using System.Text.Json.Nodes;
using LeaseElection.Testing.Chart;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Chart.Tests;

/// <summary>What a Deployment of a leader-elected app must have, whatever is switched on.</summary>
public sealed class StructureTests
{
    [ChartTheory]
    [CombinationData]
    public async Task EveryObject_IsOfThisReleaseAndNamespace(string combination)
    {
        RenderedChart chart = await new HelmChart { Combination = combination, Namespace = "payments" }.RenderAsync();

        Assert.All(chart.Objects, one =>
        {
            Assert.Equal("shop", (string?)one["metadata"]!["labels"]!["app.kubernetes.io/instance"]);
            Assert.Equal((string?)one["kind"] == "FlowSchema" ? null : "payments", (string?)one["metadata"]!["namespace"]);
        });
        string[] names = [.. chart.Objects.Select(one => $"{one["kind"]} {one["metadata"]!["name"]}")];
        Assert.Equal(names, names.Distinct(StringComparer.Ordinal));
    }

    [ChartTheory]
    [CombinationData]
    public async Task Rollout_KeepsEveryReplicaAndWaitsForReadyStandbys(string combination)
    {
        RenderedChart chart = await new HelmChart { Combination = combination }.RenderAsync();
        JsonNode strategy = chart["Deployment"]["spec"]!["strategy"]!;

        if ((bool?)HelmChart.ValuesOf(combination)["partitions"]?["recreate"] == true)
            Assert.Equal("""{"type":"Recreate"}""", strategy.ToJsonString());
        else
            Assert.Equal((0, 1), ((int)strategy["rollingUpdate"]!["maxUnavailable"]!, (int)strategy["rollingUpdate"]!["maxSurge"]!));
        bool mayBeMany = (int?)chart["Deployment"]["spec"]!["replicas"] is null or > 1;
        Assert.Equal(mayBeMany ? 1 : null, (int?)chart.Find("PodDisruptionBudget")?["spec"]!["maxUnavailable"]);
    }

    [ChartTheory]
    [CombinationData]
    public async Task GracePeriod_IsLongerThanPauseDrainAndRelease(string combination)
    {
        RenderedChart chart = await new HelmChart { Combination = combination }.RenderAsync();
        JsonObject shutdown = HelmChart.ValuesOf(combination)["shutdown"] as JsonObject ?? [];
        int allowed = int.Parse(chart.Environment["DOTNET_shutdownTimeoutSeconds"], System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal((int?)shutdown["timeoutSeconds"] ?? (combination == "single-node" ? 32 : 30), allowed);
        Assert.True((int)chart.PodSpec["terminationGracePeriodSeconds"]! > allowed + ((int?)shutdown["preStopSeconds"] ?? 0));
    }

    /// <summary>
    /// As the library keeps time back for the releases of all, that of the election among them: 10 ms for each beyond fifty.
    /// </summary>
    [ChartTheory]
    [InlineData(49, 32)]
    [InlineData(50, 33)]
    [InlineData(149, 33)]
    [InlineData(150, 34)]
    [InlineData(1000, 42)]
    public async Task ShutdownTimeout_ManyPartitions_HasTimeForTheirReleases(int partitions, int allowed)
    {
        RenderedChart chart = await new HelmChart { Combination = "single-node", Set = [$"partitions.count={partitions}"] }.RenderAsync();

        Assert.Equal($"{allowed}", chart.Environment["DOTNET_shutdownTimeoutSeconds"]);
    }

    /// <summary>As the library keeps a second back for whatever is told of the leader.</summary>
    [ChartTheory]
    [InlineData("publishEvents")]
    [InlineData("labelLeaderPod")]
    public async Task ShutdownTimeout_ALeaderThatIsTold_HasTimeForThat(string told)
    {
        RenderedChart chart = await new HelmChart { Combination = "single-node", Set = [$"election.{told}=true"] }.RenderAsync();

        Assert.Equal("33", chart.Environment["DOTNET_shutdownTimeoutSeconds"]);
    }

    /// <summary>More than the profile "restricted" asks for, which <see cref="PodSecurityTests"/> looks at.</summary>
    [ChartTheory]
    [CombinationData]
    public async Task Containers_CanDoNothingButWork(string combination)
    {
        RenderedChart chart = await new HelmChart { Combination = combination }.RenderAsync();

        Assert.All(chart.PodSpecs, pod =>
        {
            Assert.False((bool)pod["enableServiceLinks"]!);
            Assert.All(
                pod["containers"]!.AsArray(), container => Assert.True((bool)container!["securityContext"]!["readOnlyRootFilesystem"]!));
        });
        Assert.Contains(chart.App["volumeMounts"]!.AsArray(), mount => (string?)mount!["mountPath"] == "/tmp");
    }

    [ChartTheory]
    [CombinationData]
    public async Task Pod_KnowsItsNameAndNamespaceByTheDownwardApi(string combination)
    {
        RenderedChart chart = await new HelmChart { Combination = combination }.RenderAsync();

        Assert.Equal("metadata.name", FieldOf(chart, "POD_NAME"));
        Assert.Equal("metadata.namespace", FieldOf(chart, "POD_NAMESPACE"));
        string?[] names = [.. chart.App["env"]!.AsArray().Select(variable => (string?)variable!["name"])];
        Assert.Equal(names, names.Distinct(StringComparer.Ordinal));
    }

    [ChartTheory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Lint_FindsNothing(int helm)
    {
        ProgramResult lint = await new HelmChart { Helm = helm }.LintAsync();

        Assert.True(lint.ExitCode == 0, lint.Output + lint.Errors);
    }

    [ChartFact]
    public async Task Probes_AskPathsThatPassOnStandbys()
    {
        RenderedChart chart = await new HelmChart().RenderAsync();

        Assert.Equal("/livez", (string?)chart.App["livenessProbe"]!["httpGet"]!["path"]);
        Assert.Equal("/livez", (string?)chart.App["startupProbe"]!["httpGet"]!["path"]);
        Assert.Equal("/readyz", chart.ReadyPath);
    }

    [ChartFact]
    public async Task LeaderService_SelectsTheLeaderAlone()
    {
        RenderedChart chart = await new HelmChart { Combination = "leader-only-traffic" }.RenderAsync();
        JsonNode selector = chart["Service"]["spec"]!["selector"]!;

        Assert.Equal("leader", (string?)selector["leaseelection.dev/role"]);
        Assert.Equal("shop", (string?)selector["app.kubernetes.io/instance"]);
        Assert.Equal("true", chart.Environment["LeaderElection__Kubernetes__LabelLeaderPod"]);
    }

    /// <summary>
    /// The name that the library is told is that of the container it runs in, or the end of another would be taken for its own.
    /// </summary>
    [ChartFact]
    public async Task TakeOver_ContainerName_IsThatOfTheApp()
    {
        RenderedChart chart = await new HelmChart { Combination = "take-over" }.RenderAsync();

        Assert.Equal((string?)chart.App["name"], chart.Environment["LeaderElection__Kubernetes__ContainerName"]);
        Assert.Equal("true", chart.Environment["LeaderElection__Kubernetes__TakeOverFromTerminated"]);
        Assert.Contains(chart.App["env"]!.AsArray(), variable => (string?)variable!["name"] == "POD_UID");
    }

    [ChartFact]
    public async Task Names_OfTwoReleasesInOneNamespace_Differ()
    {
        RenderedChart one = await new HelmChart().RenderAsync();
        RenderedChart other = await new HelmChart { Release = "another" }.RenderAsync();

        Assert.NotEqual(one.LeaseName, other.LeaseName);
        Assert.Empty(NamesOf(one).Intersect(NamesOf(other)));
    }

    [ChartFact]
    public async Task Names_OfALongRelease_AreCutAndStayApart()
    {
        var chart = new HelmChart
        {
            Release = new string('r', 53),
            Combination = "observed",
            Set = ["election.labelLeaderPod=true", "leaderService.enabled=true", "service.enabled=true"],
        };
        RenderedChart rendered = await chart.RenderAsync();

        string[] names = NamesOf(rendered);
        Assert.All(
            names.Where(name => !name.StartsWith("FlowSchema", StringComparison.Ordinal)),
            name => Assert.True(name.Split(' ')[1].Length <= 63, name));
        Assert.Equal(names, names.Distinct(StringComparer.Ordinal));
    }

    private static string[] NamesOf(RenderedChart chart) => [.. chart.Objects.Select(one => $"{one["kind"]} {one["metadata"]!["name"]}")];

    private static string? FieldOf(RenderedChart chart, string variable) =>
        (string?)chart.App["env"]!.AsArray().Single(one => (string?)one!["name"] == variable)!["valueFrom"]!["fieldRef"]!["fieldPath"];
}
