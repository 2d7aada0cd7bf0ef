using System.Text.Json.Nodes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Testing.Api;
using LeaseElection.Testing.Contracts;
using LeaseElection.Testing.FakeApiServer;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>The contract suite over HTTP against the fake, which so proves that the fake behaves as the real one.</summary>
public sealed class KubernetesLeaseStoreContractTests : LeaseStoreContract
{
    private FakeKubeApiServer _server = null!;

    public override async Task InitializeAsync() => _server = await FakeKubeApiServer.StartAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }

    internal override Task<ILeaseStore> OpenAsync(string leaseName) =>
        Task.FromResult<ILeaseStore>(new StoreSetup(_server) { LeaseName = leaseName }.Create());

    internal override ILeaseStoreSource OpenSource() => new StoreSetup(_server).CreateSource();

    internal override Task PutAsync(string leaseName, string json)
    {
        var lease = (JsonObject)JsonNode.Parse(json)!;
        try
        {
            JsonNode current = _server.Leases.Get(StoreSetup.Namespace, leaseName)["metadata"]!;
            lease["metadata"]!["uid"] = current["uid"]!.DeepClone();
            lease["metadata"]!["resourceVersion"] = current["resourceVersion"]!.DeepClone();
            _server.Leases.Replace(StoreSetup.Namespace, leaseName, lease);
        }
        catch (ApiRefusal)
        {
            _server.Leases.Create(StoreSetup.Namespace, lease);
        }
        return Task.CompletedTask;
    }

    internal override Task DeleteAsync(string leaseName)
    {
        _server.Leases.Delete(StoreSetup.Namespace, leaseName);
        return Task.CompletedTask;
    }

    internal override Task<string> GetAsync(string leaseName) =>
        Task.FromResult(_server.Leases.Get(StoreSetup.Namespace, leaseName).ToJsonString());
}
