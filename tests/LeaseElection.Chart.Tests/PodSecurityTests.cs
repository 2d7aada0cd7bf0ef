using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>What the strictest clusters ask of a Pod, those of the Deployment and that of <c>helm test</c> have.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class PodSecurityTests(ApiServerFixture fixture)
{
    // Pods that name a class which is not there are refused, whatever else they are.
    private const string Classes = """
        {"apiVersion":"v1","kind":"List","items":[
          {"apiVersion":"scheduling.k8s.io/v1","kind":"PriorityClass","metadata":{"name":"payments"},"value":1000},
          {"apiVersion":"node.k8s.io/v1","kind":"RuntimeClass","metadata":{"name":"gvisor"},"handler":"runsc"}]}
        """;

    [ChartTheory]
    [CombinationData]
    public async Task Combination_EveryPod_PassesTheProfileRestricted(string combination)
    {
        foreach (string version in new[] { HelmChart.OldKubernetes, "1.36.0" })
        {
            RenderedChart chart = await new HelmChart { Combination = combination, Kubernetes = version }.RenderAsync();

            Assert.All(chart.PodSpecs, pod => Assert.Empty(PodSecurity.Refusals(pod)));
        }
    }

    /// <summary>That the table sees what it is there for.</summary>
    [ChartTheory]
    [InlineData("hostNetwork", "hostNetwork=true")]
    [InlineData("hostPath", "volumes=[{name: root, hostPath: {path: /}}]")]
    [InlineData("kernel.msgmax", "securityContext.sysctls=[{name: kernel.msgmax, value: '1'}]")]
    [InlineData("runAsUser", "securityContext.runAsUser=0")]
    [InlineData("appArmorProfile", "securityContext.appArmorProfile={type: Unconfined}")]
    [InlineData("seLinuxOptions", "securityContext.seLinuxOptions={type: spc_t}")]
    [InlineData("hostProcess", "securityContext.windowsOptions={hostProcess: true}")]
    [InlineData("runAsNonRoot", "securityContext.runAsNonRoot=null")]
    [InlineData("seccompProfile", "securityContext.seccompProfile=null")]
    [InlineData("seccompProfile", "containers.0.securityContext.seccompProfile={type: Unconfined}")]
    [InlineData("runAsNonRoot", "containers.0.securityContext.runAsNonRoot=false")]
    [InlineData("privileged", "containers.0.securityContext.privileged=true")]
    [InlineData("allowPrivilegeEscalation", "containers.0.securityContext.allowPrivilegeEscalation=null")]
    [InlineData("capabilities.drop", "containers.0.securityContext.capabilities={drop: [NET_RAW]}")]
    [InlineData("capabilities.add", "containers.0.securityContext.capabilities={drop: [ALL], add: [SYS_TIME]}")]
    [InlineData("procMount", "containers.0.securityContext.procMount=Unmasked")]
    [InlineData("hostPort", "containers.0.ports=[{containerPort: 80, hostPort: 80}]")]
    [InlineData("host of a probe", "containers.0.livenessProbe={httpGet: {host: 10.0.0.1, port: 80}}")]
    public async Task Refusals_OfAPodThatAsksForMore_NameIt(string refusal, string change)
    {
        JsonObject pod = (await new HelmChart().RenderAsync()).PodSpec;
        string[] parts = change.Split('=', 2);
        string[] path = parts[0].Split('.');
        JsonNode at = path[..^1].Aggregate((JsonNode)pod, (node, key) => key == "0" ? node[0]! : node[key]!);
        at[path[^1]] = YamlJson.Parse(parts[1]);

        Assert.Equal([refusal], PodSecurity.Refusals(pod));
    }

    /// <summary>
    /// Made as the Deployment's controller makes them. The label is enforced by API servers from 1.23 on, by <c>KUBEBUILDER_ASSETS</c>.
    /// </summary>
    [InstalledTheory]
    [CombinationData]
    public async Task Combination_InARestrictedNamespace_TheServerTakesItsPods(string combination)
    {
        using InstalledChart chart = await InstalledChart.InstallAsync(fixture.Server, new HelmChart { Combination = combination });
        await fixture.Server.KubectlAsync(null, "label", "namespace", chart.Namespace, "pod-security.kubernetes.io/enforce=restricted");
        await fixture.Server.KubectlAsync(Classes, "apply", "--server-side", "-f", "-");

        JsonObject pod = chart.Chart["Deployment"]["spec"]!["template"]!.DeepClone().AsObject();
        pod["apiVersion"] = "v1";
        pod["kind"] = "Pod";
        pod["metadata"]!["name"] = "pod-1";
        await fixture.Server.KubectlAsync(pod.ToJsonString(), "create", "-n", chart.Namespace, "-f", "-");
        if (chart.Chart.Hooks.Length > 0)
            await fixture.Server.KubectlAsync(chart.Chart.Hooks, "create", "-f", "-");
    }
}
