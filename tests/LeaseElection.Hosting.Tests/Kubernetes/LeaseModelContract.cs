using System.Text.Json.Nodes;
using LeaseElection.Hosting.Testing.Api;
using LeaseElection.Testing.Contracts;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>The contract suite over something that keeps its leases in the model of the API server.</summary>
public abstract class LeaseModelContract : LeaseStoreContract
{
    private protected abstract LeaseModel Model { get; }

    internal override Task PutAsync(string leaseName, string json)
    {
        var lease = (JsonObject)JsonNode.Parse(json)!;
        if (Model.Find(StoreSetup.Namespace, leaseName) is { } current)
        {
            lease["metadata"]!["uid"] = current["metadata"]!["uid"]!.DeepClone();
            lease["metadata"]!["resourceVersion"] = current["metadata"]!["resourceVersion"]!.DeepClone();
            Model.Replace(StoreSetup.Namespace, leaseName, lease);
        }
        else
        {
            Model.Create(StoreSetup.Namespace, lease);
        }
        return Task.CompletedTask;
    }

    internal override Task DeleteAsync(string leaseName)
    {
        Model.Delete(StoreSetup.Namespace, leaseName);
        return Task.CompletedTask;
    }

    internal override Task<string> GetAsync(string leaseName) => Task.FromResult(Model.Get(StoreSetup.Namespace, leaseName).ToJsonString());
}
