using System.Net;
using System.Text.Json.Nodes;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.DistributedLock.Tests.Contract;

/// <summary>The contract over a real API server, with no more rights than the documents name.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class KubernetesLeaseLockContractTests(ApiServerFixture fixture) : LeaseLockContract
{
    protected override async Task<LockPlace> OpenAsync()
    {
        string leaseNamespace = await fixture.Server.CreateNamespaceAsync();
        ApiServerUser user = await fixture.Server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "create", "update", "watch"));
        return new KubernetesPlace(fixture.Server, user, leaseNamespace);
    }

    private sealed class KubernetesPlace(RealApiServer server, ApiServerUser user, string leaseNamespace) : HostedPlace
    {
        /// <summary>
        /// So that a request may take 1.5 s: an attempt without patience fails when its request does, and a busy API server is no fault.
        /// </summary>
        protected override TimeSpan ShortLease { get; } = TimeSpan.FromSeconds(6);

        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [
            new("LeaseNamespace", leaseNamespace),
            new("Kubernetes:ApiServer", $"{server.Url}"),
            new("Kubernetes:TokenFile", user.TokenFile),
            new("Kubernetes:CertificateAuthorityFile", server.CertificateAuthorityFile),
        ];

        public override Task TakeAwayAsync(string leaseName) => Polling.UntilAsync(
            async () =>
            {
                string path = $"/apis/coordination.k8s.io/v1/namespaces/{leaseNamespace}/leases/{leaseName}";
                JsonObject lease = await server.Admin.SendAsync(HttpMethod.Get, path);
                lease["spec"]!["holderIdentity"] = "somebody";
                lease["spec"]!["leaseDurationSeconds"] = 60;
                try
                {
                    await server.Admin.SendAsync(HttpMethod.Put, path, lease);
                    return true;
                }
                catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.Conflict)
                {
                    return false; // It was renewed in between.
                }
            },
            Signal.Patience);
    }
}
