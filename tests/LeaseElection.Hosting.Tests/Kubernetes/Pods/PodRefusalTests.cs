using LeaseElection.Hosting.Kubernetes.Pods;
using LeaseElection.Hosting.Kubernetes.Requests;

namespace LeaseElection.Hosting.Tests.Kubernetes.Pods;

/// <summary>What is said of a Pod is not said of a lease: it ends up in a warning of its own (951).</summary>
public sealed class PodRefusalTests
{
    [Theory]
    [InlineData(404, "https://10.0.0.1:443 has no pods (v1) (404 for watch in namespace 'shop'). ")]
    [InlineData(429, "https://10.0.0.1:443 is overloaded and asks to wait (429). If it stays so, give pods a FlowSchema of ")]
    [InlineData(403, "Not allowed to watch pods 'worker-0' in namespace 'shop' at https://10.0.0.1:443 (403). Grant it with a Role ")]
    public void Refusal_NamesPods(int code, string message) => Assert.StartsWith(
        message,
        ApiErrors.From(new ApiStatus { Code = code }, "watch", new PodResource(new Uri("https://10.0.0.1"), "shop", "worker-0")).Message,
        StringComparison.Ordinal);
}
