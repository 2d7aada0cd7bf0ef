using System.Text.Json.Nodes;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Kubernetes;

[Collection(WaitingHosts.Name)]
public sealed class KubernetesLeaseStoreContractTests(ApiServerFixture fixture) : LeaseStoreContract
{
    private const string Path = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

    private KubernetesConnection Connection => KubernetesConnectionResolver.TryResolve(
        new() { KubeConfig = fixture.Server.AdminKubeConfigFile }, ProcessEnvironment.Current, false, [])!.WithPatience();

    internal override Task<ILeaseStore> OpenAsync(string leaseName) => Task.FromResult<ILeaseStore>(
        new KubernetesLeaseStore(Connection, "default", leaseName, TimeProvider.System, NullLogger<KubernetesLeaseStore>.Instance));

    internal override ILeaseStoreSource OpenSource() =>
        new KubernetesLeases(Connection, "default", TimeProvider.System, NullLogger<KubernetesLeases>.Instance);

    internal override async Task PutAsync(string leaseName, string json)
    {
        var lease = (JsonObject)JsonNode.Parse(json)!;
        JsonObject? current = null;
        try
        {
            current = await fixture.Server.Admin.SendAsync(HttpMethod.Get, $"{Path}/{leaseName}");
        }
        catch (HttpRequestException)
        {
        }
        if (current is null)
        {
            await fixture.Server.Admin.SendAsync(HttpMethod.Post, Path, lease);
            return;
        }
        lease["metadata"]!["resourceVersion"] = (string?)current["metadata"]!["resourceVersion"];
        await fixture.Server.Admin.SendAsync(HttpMethod.Put, $"{Path}/{leaseName}", lease);
    }

    internal override Task DeleteAsync(string leaseName) => fixture.Server.Admin.SendAsync(HttpMethod.Delete, $"{Path}/{leaseName}");

    internal override async Task<string> GetAsync(string leaseName) =>
        (await fixture.Server.Admin.SendAsync(HttpMethod.Get, $"{Path}/{leaseName}")).ToJsonString();
}
