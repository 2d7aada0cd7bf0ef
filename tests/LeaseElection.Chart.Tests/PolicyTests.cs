using System.Text.Json.Nodes;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>What policies of a cluster demand, and how the chart is told.</summary>
public sealed class PolicyTests
{
    /// <summary>How helm knows OpenShift, where the cluster is asked, and how it is told where not.</summary>
    [ChartTheory]
    [InlineData("null", false, true)]
    [InlineData("null", true, false)]
    [InlineData("true", false, false)]
    [InlineData("false", true, true)]
    public async Task OpenShift_ByTheApisOfTheClusterOrByHand_LeavesUsersToThePlatform(string openshift, bool servesIt, bool hasUser)
    {
        RenderedChart chart = await new HelmChart
        {
            Set = [$"openshift={openshift}"],
            Apis = servesIt ? ["security.openshift.io/v1"] : [],
        }.RenderAsync();

        Assert.All(chart.PodSpecs, pod =>
        {
            int? expected = hasUser ? 1654 : null;
            Assert.Equal(expected, (int?)pod["securityContext"]!["runAsUser"]);
            Assert.Equal(expected, (int?)pod["securityContext"]!["runAsGroup"]);
            Assert.Equal(expected, (int?)pod["securityContext"]!["fsGroup"]);
            Assert.True((bool)pod["securityContext"]!["runAsNonRoot"]!);
        });
    }

    /// <summary>
    /// Helm's own way, by both helms: a null takes away what a map has, and what is given instead stays on OpenShift too.
    /// </summary>
    [ChartTheory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Users_TakenAwayOrGivenByHand_AreSo(int helm)
    {
        RenderedChart without = await new HelmChart
        {
            Helm = helm,
            Flags = ["--set", "podSecurityContext.runAsUser=null,podSecurityContext.runAsGroup=null,podSecurityContext.fsGroup=null"],
        }.RenderAsync();
        RenderedChart given =
            await new HelmChart { Helm = helm, Set = ["openshift=true", "podSecurityContext.fsGroup=1000650000"] }.RenderAsync();
        string[] unset = ["--set", "podSecurityContext=null,securityContext=null,resources=null"];
        RenderedChart nothing = await new HelmChart { Helm = helm, Flags = unset }.RenderAsync();

        Assert.All(
            without.PodSpecs,
            pod => Assert.Equal(["runAsNonRoot", "seccompProfile"], pod["securityContext"]!.AsObject().Select(pair => pair.Key)));
        Assert.All(given.PodSpecs, pod => Assert.Equal(1000650000, (int?)pod["securityContext"]!["fsGroup"]));
        Assert.All(given.PodSpecs, pod => Assert.Null(pod["securityContext"]!["runAsUser"]));
        Assert.All(nothing.PodSpecs, pod => Assert.Empty(pod["securityContext"]!.AsObject()));
        Assert.Empty(nothing.App["resources"]!.AsObject());
    }

    /// <summary>Where nobody may ask for the token it is mounted by hand, for who elects and who asks, and for nobody else.</summary>
    [ChartTheory]
    [InlineData("default", "1.20.2")]
    [InlineData("sidecar", "1.20.2")]
    [InlineData("sidecar", "1.36.0")]
    public async Task Token_NotAutomounted_IsMountedForWhoElects(string combination, string version)
    {
        RenderedChart chart = await new HelmChart
        {
            Combination = combination,
            Kubernetes = version,
            Set = ["serviceAccount.automount=false"],
        }.RenderAsync();

        Assert.All(chart.PodSpecs, pod =>
        {
            Assert.False((bool)pod["automountServiceAccountToken"]!);
            Assert.Single(pod["volumes"]!.AsArray(), volume => (string?)volume!["name"] == "kube-api-access");
        });
        JsonObject[] mounting =
        [
            .. chart.PodSpecs.SelectMany(
                pod => (pod["initContainers"] as JsonArray ?? []).Concat(pod["containers"]!.AsArray())).OfType<JsonObject>()
                .Where(container => (container["volumeMounts"] as JsonArray ?? []).Any(
                    mount => (string?)mount!["mountPath"] == "/var/run/secrets/kubernetes.io/serviceaccount" && (bool)mount["readOnly"]!)),
        ];
        Assert.Equal(
            [combination == "sidecar" ? "leader-elector" : "app", "test"], mounting.Select(container => (string?)container["name"]));
    }

    [ChartFact]
    public async Task Token_ByDefault_IsAskedFor()
    {
        RenderedChart chart = await new HelmChart().RenderAsync();

        Assert.All(chart.PodSpecs, pod => Assert.True((bool)pod["automountServiceAccountToken"]!));
    }

    /// <summary>A ResourceQuota of CPU refuses a Pod one of whose containers says nothing of it.</summary>
    [ChartTheory]
    [CombinationData]
    public async Task Resources_OfEveryContainer_AreSaid(string combination)
    {
        RenderedChart chart = await new HelmChart { Combination = combination }.RenderAsync();

        Assert.All(
            chart.PodSpecs.SelectMany(pod => (pod["initContainers"] as JsonArray ?? []).Concat(pod["containers"]!.AsArray())),
            container => Assert.NotNull(container!["resources"]!["requests"]!["cpu"]));
    }

    /// <summary>What lets the app's Pods in lets that of <c>helm test</c> in, too.</summary>
    [ChartFact]
    public async Task TestPod_HasWhatThePodsHave()
    {
        RenderedChart chart = await new HelmChart { Combination = "everything", Set = ["runtimeClassName=gvisor"] }.RenderAsync();
        JsonObject test = chart.PodSpecs[1];

        string[] keys =
        [
            "serviceAccountName", "automountServiceAccountToken", "enableServiceLinks", "securityContext", "imagePullSecrets",
            "nodeSelector", "tolerations",
            "priorityClassName", "runtimeClassName",
        ];
        Assert.All(
            keys, key => Assert.True(JsonNode.DeepEquals(chart.PodSpec[key] ?? throw new InvalidOperationException(key), test[key]), key));
        Assert.True(JsonNode.DeepEquals(chart.PodSpec["affinity"]!["nodeAffinity"], test["affinity"]!["nodeAffinity"]));
        Assert.True(JsonNode.DeepEquals(chart.App["securityContext"], test["containers"]![0]!["securityContext"]));
        Assert.Equal((string?)chart.App["imagePullPolicy"], (string?)test["containers"]![0]!["imagePullPolicy"]);
    }

    /// <summary>A rule that keeps replicas apart would keep the Pod that tests them from every node that has one.</summary>
    [ChartFact]
    public async Task TestPod_IsNotKeptFromTheReplicas()
    {
        RenderedChart chart = await new HelmChart
        {
            Set = ["affinity={podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname}]}}"],
        }.RenderAsync();

        Assert.NotNull(chart.PodSpec["affinity"]);
        Assert.Null(chart.PodSpecs[1]["affinity"]);
    }

    /// <summary>The injected proxy never ends, and with it neither would <c>helm test</c>.</summary>
    [ChartFact]
    public async Task TestPod_AsksMeshesForNoProxy()
    {
        JsonNode metadata = TestPodOf(await new HelmChart().RenderAsync());

        Assert.Equal("false", (string?)metadata["labels"]!["sidecar.istio.io/inject"]);
        Assert.Equal("false", (string?)metadata["annotations"]!["sidecar.istio.io/inject"]);
        Assert.Equal("disabled", (string?)metadata["annotations"]!["linkerd.io/inject"]);
        Assert.Equal("test", (string?)metadata["annotations"]!["helm.sh/hook"]);
    }

    [ChartFact]
    public async Task TestPod_OtherMeshes_AreAskedByLabelsAndAnnotations()
    {
        JsonNode metadata = TestPodOf(await new HelmChart
        {
            Combination = "policies",
            Set = ["helmTest.podAnnotations={sidecar.istio.io/inject: null, helm.sh/hook: post-install}"],
        }.RenderAsync());

        Assert.Equal("disabled", (string?)metadata["labels"]!["kuma.io/sidecar-injection"]);
        Assert.Equal("false", (string?)metadata["labels"]!["sidecar.istio.io/inject"]);
        Assert.Equal("payments", (string?)metadata["labels"]!["cost-centre"]);
        Assert.Null(metadata["annotations"]!["sidecar.istio.io/inject"]);
        Assert.Equal("disabled", (string?)metadata["annotations"]!["linkerd.io/inject"]);
        Assert.Equal("test", (string?)metadata["annotations"]!["helm.sh/hook"]);
    }

    private static JsonNode TestPodOf(RenderedChart chart) => chart.Objects.Single(one => (string?)one["kind"] == "Pod")["metadata"]!;
}
