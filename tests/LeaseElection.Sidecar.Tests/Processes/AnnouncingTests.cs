using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>That <c>--events</c> and <c>--label-pod</c> reach the library, which has the tests of what it makes of them.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class AnnouncingTests(ApiServerFixture fixture) : SidecarTest
{
    private static readonly TimeSpan Patience = SidecarProcess.Patience;

    [ApiServerFact]
    public async Task EventsAndLabel_AskedForByFlagAndByVariable_AreThere()
    {
        string space = await fixture.Server.CreateNamespaceAsync();
        await KubectlAsync(
            """{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod-1"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}""",
            "apply", "-n", space, "-f", "-");
        await using SidecarProcess sidecar = await SidecarProcess.StartWithAsync(
            ["POD_NAME=pod-1", $"POD_NAMESPACE={space}", "LEADER_ELECTOR_LABEL_POD=true"], Folder,
            "--election=settlement", "--ttl=3s", $"--kubeconfig={fixture.Server.AdminKubeConfigFile}", "--events");
        await sidecar.SaysAsync(" is the leader");
        await Polling.UntilAsync(
            async () =>
                await KubectlAsync(null, "get", "pods", "-n", space, "-l", "leaseelection.dev/role=leader", "-o", "name") == "pod/pod-1\n",
            Patience);
        await Polling.UntilAsync(
            async () => (await KubectlAsync(null, "get", "events", "-n", space, "-o", "jsonpath={.items[*].involvedObject.kind}"))
                .Contains("Lease", StringComparison.Ordinal),
            Patience);
    }

    private Task<string> KubectlAsync(string? stdin, params string[] arguments) => fixture.Server.KubectlAsync(stdin, arguments);
}
